import { describe, expect, it } from 'vitest'
import { type DeskEvent, type DeskState, emptyDesk, reduceDesk } from '../../protocol/desk'
import { type DeskFrame } from '../../protocol/frames'
import { type DeskSnapshot } from '../../protocol/types'
import { handoff, me, message } from './samples'

const NOW = Date.parse('2026-11-24T06:00:10Z')
const play = (state: DeskState, ...events: DeskEvent[]) => events.reduce(reduceDesk, state)
const frame = (one: DeskFrame): DeskEvent => ({ type: 'frame', frame: one, now: NOW })
const snapshot = (more: Partial<DeskSnapshot> = {}): DeskEvent => ({
  type: 'snapshot', now: NOW,
  snapshot: { epoch: 'e1', seq: 10, me, offers: [], queue: [], active: [], wrap_up: [], colleagues: [me], ...more },
})
const ours = { owner: { id: me.id, name: me.name } }
const offered = handoff('h1', { state: 'offered', version: 2, offered_to: { id: me.id, name: me.name } })
const lists = ({ offers, queue, active, wrapUp }: DeskState) => ({ offers, queue, active, wrapUp })

describe('desk state', () => {
  it('is by snapshot and events what a fresh snapshot gives', () => {
    const accepted = handoff('h1', { ...ours, state: 'active', version: 3 })
    const wrapped = handoff('h2', { ...ours, state: 'wrap_up', version: 5 })
    const other = handoff('h3', { priority: 80 })
    const lived = play(
      emptyDesk,
      snapshot({ queue: [handoff('h1')], active: [handoff('h2', { ...ours, state: 'active', version: 4 })] }),
      frame({ type: 'offer.made', handoff: offered, seq: 11 }),
      frame({ type: 'queue.changed', queue: [other, offered], seq: 12 }),
      frame({ type: 'handoff.changed', handoff: accepted, seq: 14 }),
      frame({ type: 'offer.gone', handoff_id: 'h1', why: 'accepted', seq: 15 }),
      frame({ type: 'queue.changed', queue: [other], seq: 16 }),
      frame({ type: 'handoff.changed', handoff: wrapped, seq: 17 }),
      frame({ type: 'colleagues', colleagues: [{ ...me, load: 2 }], seq: 20 }),
    )
    const fresh = play(emptyDesk, snapshot({ seq: 20, queue: [other], active: [accepted], wrap_up: [wrapped], me: { ...me, load: 2 }, colleagues: [{ ...me, load: 2 }] }))
    expect(lived).toEqual(fresh)
  })

  it('lists the queue by priority, then by who came first', () => {
    const early = handoff('early', { priority: 50, requested_at: '2026-11-24T05:00:00Z' })
    const state = play(emptyDesk, snapshot({ queue: [handoff('late', { priority: 50 })] }),
      frame({ type: 'handoff.changed', handoff: early, seq: 11 }),
      frame({ type: 'handoff.changed', handoff: handoff('urgent', { priority: 90 }), seq: 12 }))
    expect(state.queue.map(({ id }) => id)).toEqual(['urgent', 'early', 'late'])
  })

  it('applies a numbered event once and never goes back to an older version', () => {
    const ready = play(emptyDesk, snapshot(), frame({ type: 'offer.made', handoff: offered, seq: 11 }))
    expect(play(ready, frame({ type: 'offer.gone', handoff_id: 'h1', why: 'expired', seq: 11 }))).toEqual(ready)
    const active = handoff('h1', { ...ours, state: 'active', version: 3 })
    const accepted = play(ready, { type: 'handoff', handoff: active })
    expect(lists(play(accepted, frame({ type: 'handoff.changed', handoff: offered, seq: 12 })))).toEqual(lists(accepted))
  })

  it('takes an offer away with the reason why', () => {
    const state = play(emptyDesk, snapshot({ offers: [offered] }), frame({ type: 'offer.gone', handoff_id: 'h1', why: 'expired', seq: 11 }))
    expect([state.offers, state.gone]).toEqual([[], { handoffId: 'h1', why: 'expired' }])
  })

  it('does not list what another advisor serves, unless a supervisor looks', () => {
    const theirs = handoff('h1', { state: 'active', owner: { id: 'A02', name: '王建国' } })
    const event = frame({ type: 'handoff.changed', handoff: theirs, seq: 11 })
    expect(play(emptyDesk, snapshot(), event).active).toEqual([])
    expect(play(emptyDesk, snapshot({ me: { ...me, role: '主管' } }), event).active).toEqual([theirs])
  })

  it('counts in the institution\'s time', () => {
    // Requested at 06:00:00 and waited 70 s: there it is 06:01:10, here 06:00:10.
    const state = play(emptyDesk, snapshot({ queue: [handoff('h1', { waited_seconds: 70 })] }))
    expect(state.skew).toBe(60_000)
  })

  it('asks for a snapshot on reset and on another history, and ignores unknown frames', () => {
    const ready = play(emptyDesk, snapshot())
    expect(play(ready, frame({ type: 'reset', seq: 11 })).stale).toBe(true)
    expect(play(ready, frame({ type: 'hello', epoch: 'e2', seq: 0 })).stale).toBe(true)
    expect(lists(play(ready, frame({ type: 'party', seq: 11 } as unknown as DeskFrame)))).toEqual(lists(ready))
  })

  it('fills a message in when it is understood, and counts what was not read', () => {
    const said = message(1, { author: 'client', emotion: null })
    const id = said.conversation_id
    const state = play(emptyDesk, snapshot(),
      frame({ type: 'message', message: said, seq: 11 }),
      frame({ type: 'understood', conversation_id: id, message_seq: 1, emotion: '焦虑', strength: 0.6, seq: 12 }),
      frame({ type: 'message', message: message(2), seq: 13 }))
    expect(state.conversations[id]).toMatchObject({ unread: 1, messages: [{ seq: 1, emotion: '焦虑', strength: 0.6 }, { seq: 2 }] })
    expect(play(state, { type: 'read', conversationId: id }).conversations[id]?.unread).toBe(0)
  })

  it('knows when a message between is missing, and is healed by the handoff\'s own page', () => {
    const gap = play(emptyDesk, snapshot(), frame({ type: 'message', message: message(1), seq: 11 }), frame({ type: 'message', message: message(3), seq: 12 }))
    const id = message(1).conversation_id
    expect(gap.conversations[id]?.stale).toBe(true)
    const owned = handoff('h1', { ...ours, state: 'active', conversation_id: id })
    const detail = { handoff: owned, messages: [message(1), message(2)], candidates: [], brief: {} as never }
    const healed = play(gap, { type: 'detail', detail }).conversations[id]
    expect([healed?.stale, healed?.messages.map(({ seq }) => seq)]).toEqual([false, [1, 2, 3]])
  })
})
