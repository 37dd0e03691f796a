import { describe, expect, it } from 'vitest'
import { byDay, type ClientRow, type Item, sought } from '../../protocol/clients'
import { csvOf, typedLevels } from '../../protocol/lists'
import { punctuated } from '../../ui/format'

const item = (at: string): Item => ({ at, kind: 'talk', words: at, detail: '', tone: '' })
const client = (id: string, name: string, tier: string): ClientRow => ({
  id, name, tier, age: 40, stage: '成长', risk_level: 'C2', own_advisor: 'A01', alerts: 0, level: null, leaving: null, spoke_at: null,
})

describe('clients', () => {
  it('stand in a time line day by day', () => {
    const days = byDay([item('2026-11-24T09'), item('2026-11-24T08'), item('2026-11-20T10')], (at) => at.slice(0, 10))
    expect(days.map(([day, items]) => [day, items.length])).toEqual([['2026-11-24', 2], ['2026-11-20', 1]])
  })

  it('are found by all the words that were typed', () => {
    const all = [client('C0001', '王芳', '大众'), client('C0002', '王强', '私行')]
    expect(sought(all, '王 私行').map(({ id }) => id)).toEqual(['C0002'])
    expect(sought(all, 'c0001').map(({ id }) => id)).toEqual(['C0001'])
    expect(sought(all, '  ')).toHaveLength(2)
  })
})

describe('thresholds', () => {
  it.each([
    [{ low: '0.4', high: '0.8' }, { low: 0.4, high: 0.8 }],
    [{ low: '0.8', high: '0.4' }, null],
    [{ low: '0.4', high: '0.4' }, null],
    [{ low: '', high: '0.8' }, null],
    [{ low: '-1', high: '0.8' }, null],
    [{ low: '0.4', high: 'x' }, null],
  ])('are taken when there is one for each level and they rise: %j', (typed, wanted) => {
    expect(typedLevels(typed, { low: 0.3, high: 0.6 })).toEqual(wanted)
  })
})

describe('a list as a file', () => {
  it('has a row a client and nothing that a sheet would calculate', () => {
    const list = { id: 'e1', purpose: '', clients: [{ client_id: '=1+1', own_advisor: 'A"1' }, { client_id: 'C0002', own_advisor: null }] }
    expect(csvOf(list, ['客户', '顾问'])).toBe('\ufeff"客户","顾问"\r\n"\'=1+1","A""1"\r\n"C0002",""')
  })
})

describe('Chinese marks', () => {
  it.each([
    ['中优先级 52:客户要求,已等 8 分钟', '中优先级 52：客户要求，已等 8 分钟'],
    ['14:05 转出 10,000.00 元', '14:05 转出 10,000.00 元'],
    ['见 https://example.com/a?b=1', '见 https://example.com/a?b=1'],
    ['+20,已等', '+20，已等'],
    ['最值得改进的是:不重复问', '最值得改进的是：不重复问'],
  ])('%s', (text, wanted) => {
    expect(punctuated(text)).toBe(wanted)
  })
})
