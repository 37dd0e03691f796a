/** What the desk is told of clients beyond the profile: lists, time line, acts, leaving, messages, tasks, news. */

import { type AlertLevel } from './profile'

export interface ClientRow {
  id: string
  name: string | null
  age: number | null
  stage: string | null
  tier: string | null
  risk_level: string | null
  own_advisor: string | null
  alerts: number
  level: AlertLevel | null
  leaving: AlertLevel | null
  spoke_at: string | null
}

export type ItemKind = 'talk' | 'order' | 'event' | 'alert' | 'handoff' | 'outreach'

export interface Item {
  at: string
  kind: ItemKind
  words: string
  detail: string
  tone: '' | 'good' | 'warn' | 'bad'
}

export interface Step {
  step: 'hold' | 'ask' | 'handoff' | 'note' | 'task'
  at: string
  words?: string
  seconds?: number
  in_time?: boolean
}

/** Sums and orders are missing for who may not see assets. */
export interface Act {
  id: string
  level: AlertLevel
  at: string
  state: 'due' | 'done' | 'failed'
  before: { words: string; advice: string; total?: number; orders?: { id: string }[] }
  during: Step[]
  after: { total?: number; orders?: unknown[]; note?: string; at?: string } | null
  outcome: 'handled' | 'false_alarm' | null
}

export interface Leaving {
  why?: string
  probability?: number
  level?: AlertLevel | null
  reasons?: { feature: string; words: string; adds: number }[]
  action?: string | null
}

export interface Sent {
  key: string
  title: string
  text: string
  state: 'waiting' | 'sent' | 'dropped'
  why: string
  asked_at: string
  not_before: string
  sent_at: string | null
}

export interface Task {
  key: string
  client_id: string
  advisor_id: string
  title: string
  text: string
  reasons: string[]
  at: string
  due_at: string
}

export interface ClientNews {
  id: string
  at: string
  title: string
  source: string
  share: number
  why: string[]
  say: string
}

export interface Growth {
  since: string | null
  milestones: { kind: string; at: string; title: string; words: string }[]
  reviews: { year: number; from: string; to: string; title: string; rows: { label: string; value: string }[]; note: string }[]
  next: { on: string; years: number } | null
}

export interface NewsRow {
  id: string
  at: string
  kind: 'policy' | 'market' | 'fund' | 'rate'
  title: string
  text: string
  source: string
  effect: 'bad' | 'good' | 'unclear'
  about: string[]
  clients: number
  told: number
  tasks: number
}

export interface Affected {
  client: string
  name: string
  share: number
  amount: string | number
  why: string[]
  level: 'small' | 'noticed' | 'large'
  say: string
  push: 'none' | 'waiting' | 'sent' | 'dropped'
}

/** Days by which one looks through a time line: the newest day first, each day's items as they came. */
export function byDay(items: readonly Item[], dayOf: (at: string) => string): [string, Item[]][] {
  const days = new Map<string, Item[]>()
  for (const one of items) days.set(dayOf(one.at), [...(days.get(dayOf(one.at)) ?? []), one])
  return [...days]
}

/** The clients whose name, number, tier or stage has all the words that were typed. */
export function sought(clients: readonly ClientRow[], typed: string): ClientRow[] {
  const words = typed.trim().toLowerCase().split(/\s+/)
  return clients.filter((one) => {
    const text = [one.id, one.name, one.tier, one.stage, one.risk_level].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
