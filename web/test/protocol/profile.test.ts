import { describe, expect, it } from 'vitest'
import { byGroup, type Tag, trendBars } from '../../protocol/profile'

const tag = (name: string, group: string, weight: number): Tag => ({ tag: name, group, weight, limited: [], evidence: [] })

describe('a profile', () => {
  it('shows tags by group, the heaviest first', () => {
    const groups = byGroup([tag('定投习惯', '投资行为', 0.5), tag('高风险偏好', '风险特征', 0.3), tag('稳健偏好', '风险特征', 0.7)])
    expect(groups.map(([group, tags]) => [group, tags.map((one) => one.tag)])).toEqual([
      ['风险特征', ['稳健偏好', '高风险偏好']],
      ['投资行为', ['定投习惯']],
    ])
  })

  it('draws a day around the middle line', () => {
    // 300 wide, two days: 150 each, bars at most 24 wide, so (150 - 24) / 2 from the left.
    const bars = trendBars([
      { day: '2026-11-23', messages: 4, negative: 0.5, positive: 0.25 },
      { day: '2026-11-24', messages: 1, negative: 1, positive: 0 },
    ], 300, 56)
    expect(bars[0]).toEqual({ day: '2026-11-23', x: 63, width: 24, negative: 14, positive: 7 })
    expect(bars[1]?.x).toBe(213)
    expect(bars[1]?.negative).toBe(28)
  })

  it('draws nothing from nothing', () => {
    expect(trendBars([], 300, 56)).toEqual([])
    expect(byGroup([])).toEqual([])
  })
})
