/** The figures of a report, each with its name and the way people read it. */

import { type Figures } from '../protocol/together'
import { length } from '../ui/format'
import { measures } from '../ui/together.zh'

export type Shown = keyof typeof measures.shown
export const SHOWN = Object.keys(measures.shown) as Shown[]
const SHARES: ReadonlySet<Shown> = new Set(['in_time', 'transferred', 'abandonment', 'content', 'came_back', 'estimate_close'])

export function told(name: Shown, figures: Figures): string {
  const value = figures[name]
  if (value === null || value === undefined) return measures.none
  if (name === 'count') return String(value)
  return SHARES.has(name) ? `${Math.round(value * 100)}%` : length(value)
}
