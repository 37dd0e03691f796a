import { describe, expect, it } from 'vitest'
import { byWeek, chartsOf, monday } from '../../desk/chartData'
import { type Measures, type Row } from '../../protocol/together'

const row = (key: string, more: Partial<Row> = {}): Row => ({
  key, words: key, count: 1, served: 1, abandoned: 0, left: 0, wait_p50: 10, wait_p90: 20, in_time: 1, response_p50: 15, response_p90: 30,
  handling_mean: 60, transferred: 0, abandonment: 0, rated: 0, content: null, score_mean: null, came_back: 0, estimate_error: null, ...more,
})
const measures = (by_day: Row[]): Measures => ({ from: '', to: '', total: row('all'), by_topic: [], by_advisor: [], by_reason: [], by_day })

describe('charts of a report', () => {
  it.each([['2026-11-23', '2026-11-23'], ['2026-11-29', '2026-11-23'], ['2026-12-01', '2026-11-30'], ['2027-01-01', '2026-12-28']])(
    '%s is in the week of %s',
    (day, first) => expect(monday(day)).toBe(first),
  )

  it('adds counts and weighs the rest by the number of conversations', () => {
    const [week, next] = byWeek([row('2026-11-24', { count: 3, served: 3, wait_p50: 10 }), row('2026-11-25', { count: 1, served: 0, wait_p50: 30 }), row('2026-11-30')])
    expect(week).toMatchObject({ key: '2026-11-23', count: 4, served: 3, wait_p50: 15, content: null }) // (3 * 10 + 1 * 30) / 4
    expect(next?.key).toBe('2026-11-30')
  })

  it('says all figures in words, too', () => {
    const [volume, times] = chartsOf(measures([row('2026-11-24', { served: 4 }), row('2026-11-25', { wait_p50: null })]), 'day')
    expect(volume?.categories).toEqual(['11-24', '11-25'])
    expect(volume?.series[0]?.values).toEqual([4, 1])
    expect(volume?.label).toContain('11-24 4')
    expect(times?.series[0]?.values).toEqual([10, null])
  })
})
