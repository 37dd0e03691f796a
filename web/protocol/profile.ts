/** The profile of a client as `GET /api/desk/clients/{id}/profile` tells it. */

export type AlertLevel = 'low' | 'medium' | 'high'

export interface TagEvidence {
  words: string
  source: 'file' | 'books' | 'talk' | 'event'
  at: string
  weight: number
}

export interface Tag {
  tag: string
  group: string
  weight: number
  limited: string[]
  evidence: TagEvidence[]
}

export interface Alert {
  id: string
  title: string
  level: AlertLevel
  words: string
  advice: string
  opened_at: string
  state: 'open' | 'handled' | 'false_alarm' | 'cleared'
  closed_at: string | null
  note: string
  also: { words: string; advice: string; level: AlertLevel }[]
}

export interface MoodDay {
  day: string
  messages: number
  negative: number
  positive: number
}

export interface Profile {
  assets: { total: string; profit: string; items: { fund: string; name: string; value: string; share: number }[] } | null
  tags: Tag[]
  alerts: Alert[]
  past_alerts: Alert[]
  events: { kind: string; words: string; at: string }[]
  trend: MoodDay[]
  topics: { topic: string; at: string }[]
}

/** The tags by group, each group's heaviest first; groups in the order of their heaviest tag. */
export function byGroup(tags: readonly Tag[]): [string, Tag[]][] {
  const groups = new Map<string, Tag[]>()
  for (const tag of [...tags].sort((a, b) => b.weight - a.weight)) {
    groups.set(tag.group, [...(groups.get(tag.group) ?? []), tag])
  }
  return [...groups]
}

export interface TrendBar {
  day: string
  x: number
  width: number
  /** Downwards from the middle line. */
  negative: number
  /** Upwards from it. */
  positive: number
}

const WIDEST = 24

/** Bars around a middle line: how much of each day's talk was in a bad or a good mood. */
export function trendBars(days: readonly MoodDay[], width: number, height: number): TrendBar[] {
  const step = width / Math.max(1, days.length)
  const bar = Math.min(WIDEST, step * 0.7)
  return days.map(({ day, negative, positive }, index) => ({
    day, x: index * step + (step - bar) / 2, width: bar, negative: negative * (height / 2), positive: positive * (height / 2),
  }))
}
