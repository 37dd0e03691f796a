/** Practice: a simulated client plays a case, the trainee answers, the answers are scored. */

import { type Labelled, type Person } from './types'
import { type Emotion } from './words'

export interface PracticePoint {
  id: string
  words: string
  weight: number
  about: string
}

export interface PracticeCase {
  id: string
  title: string
  level: string
  about: string
  elderly: boolean
  client: Record<string, string>
  points: PracticePoint[]
}

export interface PracticeLine {
  who: 'client' | 'ai' | 'trainee' | 'system'
  text: string
  at: string
  emotion: Emotion | null
  strength: number | null
  id: string | null
  action: string | null
}

export interface ScoredPoint extends PracticePoint {
  share: number
  got: number
  why: string
  quotes: string[]
}

export interface PracticeResult {
  score: number
  passed: boolean
  verdict: string
  points: ScoredPoint[]
}

export interface PracticeRun {
  id: string
  version: number
  case_id: string
  title: string
  staff: Person
  started_at: string
  ended_at: string | null
  client_gone: boolean
  lines: PracticeLine[]
  done: string[]
  result: PracticeResult | null
  client: Record<string, string>
  brief: Labelled[]
  actions: { id: string; words: string }[]
  model: string[]
}

export interface PracticeRow {
  id: string
  case_id: string
  title: string
  staff: Person
  started_at: string
  ended_at: string | null
  score: number | null
  passed: boolean | null
  verdict: string | null
}

export type Grade = 'full' | 'part' | 'none'

export const grade = (share: number): Grade => (share >= 1 ? 'full' : share > 0 ? 'part' : 'none')

/** The best score of each case among these runs. */
export function best(rows: readonly PracticeRow[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { case_id: id, score } of rows) if (score !== null) found.set(id, Math.max(score, found.get(id) ?? 0))
  return found
}
