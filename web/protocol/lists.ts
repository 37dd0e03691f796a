/** Lists of clients, thresholds of warnings, rules of tags and the sources, as supervisors work with them. */

import { type AlertLevel } from './profile'

export interface Export {
  id: string
  query: string
  purpose: string
  count: number
  state: 'asked' | 'approved' | 'refused' | 'fetched'
  asked_by: string
  asked_at: string
  decided_by: string | null
  decided_at: string | null
  fetched_at: string | null
}

export interface Fetched {
  id: string
  purpose: string
  clients: { client_id: string; own_advisor: string | null }[]
}

export interface Indicator {
  indicator: string
  title: string
  judged: number
  false_share: number | null
}

export type Levels = Partial<Record<AlertLevel, number>>

export interface Tuning extends Indicator {
  raised: number
  thresholds: Levels
  file: Levels
  curve: { threshold: number; raised: number; false_share: number; kept: number }[]
  suggested: number | null
  history: { levels: Levels; before: Levels; by: string; at: string }[]
}

export type Counts = Record<AlertLevel | 'none', number>

export interface Tried {
  before: Counts
  after: Counts
}

export interface TagRules {
  text: string
  tags: { tag: string; group: string; half_life_days: number }[]
}

export interface DryRun {
  clients: number
  tags: { tag: string; before: number; after: number }[]
}

export interface Source {
  name: string
  title: string
  on_failure: string
  every_minutes: number | null
  fresh_minutes: number | null
  read_at: string | null
  failures: number
  why: string
  fresh: boolean | null
}

export interface Field {
  name: string
  words: string
  type: string
  source: string
  sensitivity: 'public' | 'personal' | 'assets'
  retention_days: number
}

export const LEVELS: AlertLevel[] = ['low', 'medium', 'high']

/** The thresholds that were typed, if there is one for each of the indicator's levels and they rise. */
export function typedLevels(typed: Partial<Record<AlertLevel, string>>, has: Levels): Levels | null {
  const names = LEVELS.filter((level) => has[level] !== undefined)
  const values = names.map((level) => (typed[level]?.trim() ? Number(typed[level]) : NaN))
  const rising = values.every((value, at) => Number.isFinite(value) && value >= 0 && (at === 0 || value > (values[at - 1] ?? 0)))
  return rising ? Object.fromEntries(names.map((level, at) => [level, values[at]])) : null
}

/** A list as a file that Excel opens: a byte order mark, a row a client. */
export function csvOf(list: Fetched, head: readonly string[]): string {
  const rows = list.clients.map((one) => [one.client_id, one.own_advisor ?? ''])
  // What begins like a formula is none.
  const safe = (text: string) => (/^[=+\-@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')
  return '\ufeff' + [head, ...rows].map((row) => row.map((cell) => `"${safe(cell)}"`).join(',')).join('\r\n')
}
