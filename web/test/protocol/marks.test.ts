import { describe, expect, it } from 'vitest'
import { shownAfter } from '../../chat/reveal'
import { emptyChat, reduceChat } from '../../protocol/chat'
import { further, type Marks, noMarks, untold } from '../../protocol/marks'
import { documentOf, pictureOf } from '../../protocol/pictures'
import { chatSnapshot, messages } from './samples'

const marks = (client: [number, number], staff: [number, number]): Marks => ({
  client: { delivered: client[0], read: client[1], read_at: null },
  staff: { delivered: staff[0], read: staff[1], read_at: null },
})

describe('marks', () => {
  it('only grow, in whatever order they are told', () => {
    const one = marks([5, 2], [1, 1])
    const other = marks([3, 3], [4, 4])
    expect(further(one, other)).toEqual(marks([5, 3], [4, 4]))
    expect(further(other, one)).toEqual(marks([5, 3], [4, 4]))
    expect(further(one, undefined)).toBe(one)
  })

  it.each([
    // held, seen, what is to be told after (5 delivered, 3 read)
    [5, 3, null],
    [6, 3, { delivered: 6, read: 3 }],
    [5, 5, { delivered: 5, read: 5 }],
    [2, 0, null],
  ])('tells what is new of %i held and %i seen', (held, seen, told) => {
    expect(untold({ delivered: 5, read: 3, read_at: null }, held, seen)).toEqual(told)
  })

  it('come with the snapshot, the greeting and frames, and die with the epoch', () => {
    let state = reduceChat(emptyChat, { type: 'snapshot', snapshot: chatSnapshot(messages(1, 4), { marks: marks([2, 2], [0, 0]) }) })
    state = reduceChat(state, { type: 'frame', frame: { type: 'marks', marks: marks([1, 1], [3, 3]) } })
    expect(state.marks).toEqual(marks([2, 2], [3, 3]))
    const standing = { owner: state.owner, waiting: null, rating_asked: null }
    state = reduceChat(state, { type: 'frame', frame: { type: 'hello', epoch: 'e1', seq: 4, marks: marks([4, 4], [3, 3]), ...standing } })
    expect(state.marks.client.read).toBe(4)
    state = reduceChat(state, { type: 'snapshot', snapshot: chatSnapshot(messages(1, 2), { epoch: 'e2' }) })
    expect(state.marks).toEqual(noMarks)
  })
})

describe('files in the text', () => {
  const name = `${'a1'.repeat(20)}`
  it.each([
    [`[图片] ${name}.jpg`, `${name}.jpg`, null],
    [`[文件] ${name}.pdf 对账单 11月.pdf`, null, { name: `${name}.pdf`, title: '对账单 11月.pdf' }],
    [`[文件] ${name}.pdf`, null, { name: `${name}.pdf`, title: `${name}.pdf` }],
    ['[图片] ../../etc/passwd', null, null],
    ['我发了[图片]', null, null],
  ])('%s', (text, picture, document) => {
    expect([pictureOf(text), documentOf(text)]).toEqual([picture, document])
  })
})

describe('a long answer', () => {
  it.each([
    // 90 characters a second; 600 would take 6.7 s and are shown within 3
    [180, 0, 0],
    [180, 1000, 90],
    [180, 2000, 180],
    [600, 1500, 300],
    [600, 3000, 600],
  ])('of %i characters after %i ms shows %i', (length, ms, shown) => expect(shownAfter(length, ms)).toBe(shown))
})
