/** What the charts of a report show: days, or hours and weekdays of a longer time. Plain values, drawn elsewhere. */

import { type Measures, type Row } from '../protocol/together'
import { length } from '../ui/format'
import { charts as words } from '../ui/wall.zh'

export interface ChartSeries {
  name: string
  kind: 'bar' | 'line'
  values: (number | null)[]
  stack?: string
}

export interface ChartOf {
  title: string
  /** The figures in words, for who does not see them. */
  label: string
  categories: string[]
  series: ChartSeries[]
  percent: boolean
  told: (value: number) => string
}

export type Unit = 'day' | 'week'

const count = (value: number) => String(Math.round(value * 10) / 10)
const share = (value: number) => `${Math.round(value * 100)}%`

/** The report by day, or its days put together by weeks (Monday first). */
export function chartsOf(measures: Measures, unit: Unit): ChartOf[] {
  const rows = unit === 'day' ? measures.by_day : byWeek(measures.by_day)
  const categories = rows.map(({ key }) => (unit === 'day' ? key.slice(5) : words.weekOf(key.slice(5))))
  const column = (pick: (row: Row) => number | null) => rows.map(pick)
  return [
    chart(words.volume, categories, count, false, [
      { name: words.served, kind: 'bar', values: column((row) => row.served), stack: 'all' },
      { name: words.abandoned, kind: 'bar', values: column((row) => row.abandoned), stack: 'all' },
      { name: words.left, kind: 'bar', values: column((row) => row.left), stack: 'all' },
    ]),
    chart(words.times, categories, length, false, [
      { name: words.waitHalf, kind: 'line', values: column((row) => row.wait_p50) },
      { name: words.waitMost, kind: 'line', values: column((row) => row.wait_p90) },
      { name: words.response, kind: 'line', values: column((row) => row.response_p50) },
    ]),
    chart(words.quality, categories, share, true, [
      { name: words.inTime, kind: 'line', values: column((row) => row.in_time) },
      { name: words.content, kind: 'line', values: column((row) => row.content) },
      { name: words.abandonment, kind: 'line', values: column((row) => row.abandonment) },
    ]),
    chart(words.estimate, categories, length, false, [{ name: words.estimate, kind: 'bar', values: column((row) => row.estimate_error) }]),
  ]
}

function chart(title: string, categories: string[], told: ChartOf['told'], percent: boolean, series: ChartSeries[]): ChartOf {
  const said = series.map(({ name, values }) => `${name} ${values.map((value, at) => `${categories[at]} ${value === null ? words.none : told(value)}`).join(' ')}`)
  return { title, label: [title, ...said].join(' '), categories, series, percent, told }
}

const SUMS = ['count', 'served', 'abandoned', 'left', 'rated'] as const
const MEANS = ['wait_p50', 'wait_p90', 'in_time', 'response_p50', 'response_p90', 'handling_mean', 'transferred', 'abandonment', 'content', 'score_mean', 'came_back', 'estimate_error'] as const

/** Counts added, the rest weighed by the number of conversations: close to the week's own figures, and said so. */
export function byWeek(days: readonly Row[]): Row[] {
  const weeks = new Map<string, Row[]>()
  for (const row of days) weeks.set(monday(row.key), [...(weeks.get(monday(row.key)) ?? []), row])
  return [...weeks].map(([key, rows]) => {
    const week = { ...rows[0], key, words: key } as Row
    for (const name of SUMS) week[name] = rows.reduce((sum, row) => sum + row[name], 0)
    for (const name of MEANS) week[name] = mean(rows.map((row) => [row[name], row.count]))
    return week
  })
}

function mean(values: [number | null, number][]): number | null {
  const known = values.filter((one): one is [number, number] => one[0] !== null && one[1] > 0)
  const weight = known.reduce((sum, [, count]) => sum + count, 0)
  return weight ? known.reduce((sum, [value, count]) => sum + value * count, 0) / weight : null
}

/** The Monday of a day's week, as its date. */
export function monday(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}
