import { describe, expect, it } from 'vitest'
import { due, enqueue, FIRST_WAIT_MS, hurry, read, refuse, renew, settle, tried } from '../../protocol/outbox'

const one = enqueue([], 'a', '你好', '2026-11-24T06:00:00Z')

describe('outbox', () => {
  it('takes an id once', () => {
    expect(enqueue(one, 'a', '你好', '')).toEqual(one)
  })

  it('tries again with the same id after silence, waiting twice as long each time', () => {
    const first = tried(one, 'a', 1000)
    expect(due(first, 1000 + FIRST_WAIT_MS - 1)).toEqual([])
    expect(due(first, 1000 + FIRST_WAIT_MS).map(({ id }) => id)).toEqual(['a'])
    // 6 s, then 12 s
    expect(tried(first, 'a', 7000)[0]).toMatchObject({ tries: 2, due: 7000 + 2 * FIRST_WAIT_MS })
  })

  it('sends all at once on a fresh connection, oldest first', () => {
    const two = enqueue(tried(one, 'a', 1000), 'b', '在吗', '')
    expect(due(hurry(two), 1000).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('does not repeat what was refused, until it goes as a new message', () => {
    const refused = refuse(one, 'a', '太长了')
    expect(due(refused, 1e12)).toEqual([])
    expect(renew(refused, 'a', 'b')[0]).toMatchObject({ id: 'b', text: '你好', state: 'sending', tries: 0, why: null })
  })

  it('forgets what was confirmed', () => {
    expect(settle(one, new Set(['a']))).toEqual([])
    expect(settle(one, new Set(['x']))).toBe(one)
  })

  it('comes back from storage ready to be sent, and empty from rubbish', () => {
    expect(read(JSON.stringify(tried(one, 'a', 5000)))[0]).toMatchObject({ id: 'a', tries: 0, due: 0 })
    for (const rubbish of [null, '', '{', '{"a":1}', '[1,null,{"id":2}]']) expect(read(rubbish)).toEqual([])
  })
})
