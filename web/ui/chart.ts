/** Numbers of a chart as places on a small drawing. Pure. */

import { type Chart, type Series } from '../protocol/types'

export interface Dot {
  x: number
  y: number
  label: string
  value: number
}

export interface Slice {
  name: string
  value: number
  share: number
  /** SVG path of the ring's piece. */
  path: string
}

const COLOURS = 6

export function colour(index: number): string {
  return `var(--chart-${(index % COLOURS) + 1})`
}

export function values(series: readonly Series[]): number[] {
  return series.flatMap((one) => one.points.map(([, y]) => Number(y))).filter(Number.isFinite)
}

/** Lowest and highest with some air; a bar chart always shows its zero. */
export function range(numbers: readonly number[], withZero: boolean): [number, number] {
  const all = withZero ? [...numbers, 0] : numbers
  if (all.length === 0) return [0, 1]
  const low = Math.min(...all)
  const high = Math.max(...all)
  const air = (high - low || Math.abs(high) || 1) * 0.08
  if (withZero) return [low < 0 ? low - air : 0, high > 0 ? high + air : 0]
  return [low - air, high + air]
}

export function dots(one: Series, [low, high]: [number, number], width: number, height: number): Dot[] {
  const points = one.points.filter(([, y]) => Number.isFinite(Number(y)))
  const step = points.length > 1 ? width / (points.length - 1) : 0
  return points.map(([x, y], index) => ({
    x: points.length > 1 ? index * step : width / 2,
    y: height - ((Number(y) - low) / (high - low)) * height,
    label: String(x),
    value: Number(y),
  }))
}

/** Pieces of a ring: the points of one series, or the sums of several. */
export function slices({ series }: Chart, radius: number, hole: number): Slice[] {
  const first = series[0]
  const named =
    series.length === 1 && first
      ? first.points.map(([x, y]) => ({ name: String(x), value: Number(y) }))
      : series.map((one) => ({ name: one.name, value: values([one]).reduce((sum, y) => sum + y, 0) }))
  const kept = named.filter(({ value }) => value > 0)
  const total = kept.reduce((sum, { value }) => sum + value, 0)
  let from = 0
  return kept.map(({ name, value }) => {
    const share = value / total
    const path = ring(from, from + share, radius, hole)
    from += share
    return { name, value, share, path }
  })
}

function ring(from: number, to: number, radius: number, hole: number): string {
  // A whole turn would begin and end in one point and draw nothing.
  const end = Math.min(to, from + 0.9999)
  const point = (share: number, r: number) => {
    const angle = share * 2 * Math.PI - Math.PI / 2
    return `${(radius + r * Math.cos(angle)).toFixed(2)} ${(radius + r * Math.sin(angle)).toFixed(2)}`
  }
  const large = end - from > 0.5 ? 1 : 0
  return [
    `M ${point(from, radius)}`, `A ${radius} ${radius} 0 ${large} 1 ${point(end, radius)}`,
    `L ${point(end, hole)}`, `A ${hole} ${hole} 0 ${large} 0 ${point(from, hole)}`, 'Z',
  ].join(' ')
}
