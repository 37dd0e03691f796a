import { describe, expect, it } from 'vitest'
import { dots, range, slices, values } from '../../ui/chart'
import { clock, day, estimate, length } from '../../ui/format'

describe('chart', () => {
  it('reads decimal text and passes over what is no number', () => {
    expect(values([{ name: 'a', points: [['1日', '1.50'], ['2日', 'n/a'], ['3日', -2]] }])).toEqual([1.5, -2])
  })

  it('gives air, and a zero line to bars', () => {
    // 0..10 and 8 % of 10
    expect(range([0, 10], false)).toEqual([-0.8, 10.8])
    expect(range([5, 10], true)).toEqual([0, 10.8])
    expect(range([-10, -5], true)).toEqual([-10.8, 0])
    expect(range([3, 3], false)).toEqual([2.76, 3.24])
  })

  it('puts the highest on top', () => {
    const line = dots({ name: 'a', points: [['x', 0], ['y', 10]] }, [0, 10], 100, 50)
    expect(line.map(({ x, y }) => [x, y])).toEqual([[0, 50], [100, 0]])
  })

  it('cuts a ring by share and draws a whole one too', () => {
    const parts = slices({ kind: 'donut', series: [{ name: 'a', points: [['股', 75], ['债', 25], ['空', 0]] }] }, 44, 28)
    expect(parts.map(({ name, share }) => [name, share])).toEqual([['股', 0.75], ['债', 0.25]])
    expect(slices({ kind: 'donut', series: [{ name: 'a', points: [['股', 1]] }] }, 44, 28)[0]?.path).not.toContain('NaN')
  })
})

describe('times', () => {
  it('are Shanghai\'s, whatever the machine thinks', () => {
    // 23:30 UTC is 07:30 of the next day there.
    expect([day('2026-11-23T23:30:00Z'), clock('2026-11-23T23:30:00Z')]).toEqual(['11月24日(周二)', '07:30'])
    expect([day('nonsense'), clock('')]).toEqual(['', ''])
  })

  it('say lengths and forecasts in words', () => {
    expect([length(45), length(125), length(120), length(3780)]).toEqual(['45 秒', '2 分 5 秒', '2 分钟', '1 小时 3 分'])
    // Forecasts are rounded up: 8 s to 10, 41 s to 50, 61 s to 2 minutes.
    expect([estimate(8), estimate(41), estimate(61)]).toEqual(['10 秒', '50 秒', '2 分钟'])
  })
})
