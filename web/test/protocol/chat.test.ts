import { describe, expect, it } from 'vitest'
import { type ChatEvent, type ChatState, emptyChat, reduceChat } from '../../protocol/chat'
import { type ChatFrame, type Owner } from '../../protocol/types'
import { chatSnapshot, message, messages } from './samples'

const play = (state: ChatState, ...events: ChatEvent[]) => events.reduce(reduceChat, state)
const frame = (one: ChatFrame): ChatEvent => ({ type: 'frame', frame: one })
const snapshot = (...given: Parameters<typeof chatSnapshot>): ChatEvent => ({ type: 'snapshot', snapshot: chatSnapshot(...given) })
const advisor: Owner = { kind: 'advisor', advisor: { id: 'A01', name: '林静怡', role: '顾问' } }

describe('client state', () => {
  it('is by snapshot and events what a fresh snapshot gives', () => {
    const waiting = { handoff_id: 'h1', since: '2026-11-24T06:00:03Z', position: 2, wait_seconds: 90, words: '' }
    const asked = { handoff_id: 'h1', name: '林静怡' }
    const lived = play(
      emptyChat,
      snapshot(messages(1, 3)),
      frame({ type: 'message', message: message(4, { author: 'client' }) }),
      frame({ type: 'typing', who: 'bot' }),
      frame({ type: 'owner', owner: { kind: 'queue', advisor: null }, waiting, rating_asked: null }),
      frame({ type: 'message', message: message(5) }),
      frame({ type: 'owner', owner: advisor, waiting: null, rating_asked: null }),
      frame({ type: 'message', message: message(6, { author: 'human', name: '林静怡' }) }),
      frame({ type: 'owner', owner: { kind: 'bot', advisor: null }, waiting: null, rating_asked: asked }),
    )
    const list = [...messages(1, 3), message(4, { author: 'client' }), message(5), message(6, { author: 'human', name: '林静怡' })]
    expect(lived).toEqual(play(emptyChat, snapshot(list, { rating_asked: asked })))
  })

  it('shows a message once, however often it comes', () => {
    const once = play(emptyChat, snapshot(messages(1, 2)), frame({ type: 'message', message: message(3) }))
    expect(play(once, frame({ type: 'message', message: message(3) }), frame({ type: 'message', message: message(2) }))).toEqual(once)
  })

  it('asks for a snapshot after a gap and resumes before it', () => {
    const state = play(emptyChat, snapshot(messages(1, 2)), frame({ type: 'message', message: message(4) }))
    expect([state.stale, state.seq]).toEqual([true, 2])
    expect(play(state, snapshot(messages(1, 4)))).toMatchObject({ stale: false, seq: 4 })
  })

  it('closes the gap when the missing one comes late', () => {
    const state = play(emptyChat, snapshot(messages(1, 2)), frame({ type: 'message', message: message(4) }), frame({ type: 'message', message: message(3) }))
    expect(state.seq).toBe(4)
  })

  it('starts afresh when told, and when the server has another history', () => {
    const ready = play(emptyChat, snapshot(messages(1, 2)))
    const standing = { owner: ready.owner, waiting: null, rating_asked: null }
    expect(play(ready, frame({ type: 'reset' })).stale).toBe(true)
    expect(play(ready, frame({ type: 'hello', epoch: 'e1', seq: 2, ...standing })).stale).toBe(false)
    expect(play(ready, frame({ type: 'hello', epoch: 'e2', seq: 2, ...standing })).stale).toBe(true)
  })

  it('ignores frames it does not know', () => {
    const ready = play(emptyChat, snapshot(messages(1, 2)))
    expect(play(ready, frame({ type: 'confetti' } as unknown as ChatFrame))).toEqual(ready)
  })

  it('keeps older pages over a new snapshot only where they join on', () => {
    const opened = play(emptyChat, snapshot(messages(51, 100)), { type: 'older', messages: messages(1, 50) })
    expect(play(opened, snapshot(messages(52, 101))).messages).toHaveLength(101)
    // 101 and 102 were missed: 1..100 and 103..152 do not join, so the older ones go.
    expect(play(opened, snapshot(messages(103, 152))).messages[0]?.seq).toBe(103)
  })

  it('shows what was written at once and lets the stored message take its place', () => {
    const written = play(emptyChat, snapshot(messages(1, 2)), { type: 'written', id: 'u1', text: '到账了吗', at: '2026-11-24T06:00:05Z' })
    expect(written.outbox).toHaveLength(1)
    const confirmed = play(written, frame({ type: 'ack', id: 'u1', seq: 3 }))
    expect(confirmed.outbox).toEqual([])
    expect(confirmed.messages[2]).toMatchObject({ id: 'u1', seq: 3, text: '到账了吗' })
    const stored = message(3, { id: 'u1', author: 'client', text: '到账了吗' })
    expect(play(confirmed, frame({ type: 'message', message: stored })).messages[2]).toEqual(stored)
    expect(play(written, frame({ type: 'message', message: stored })).outbox).toEqual([])
  })

  it('says why a message was refused, but not for a fault of the server', () => {
    const written = play(emptyChat, snapshot([]), { type: 'written', id: 'u1', text: 'x', at: '2026-11-24T06:00:05Z' })
    const refused = play(written, frame({ type: 'refused', id: 'u1', code: 'message_too_long', detail: '太长了' }))
    expect(refused.outbox[0]).toMatchObject({ state: 'refused', why: '太长了' })
    expect(play(written, frame({ type: 'refused', id: 'u1', code: 'error', detail: '出了点问题' }))).toEqual(written)
  })

  it('drops a kept message that the server already has', () => {
    const state = play(emptyChat, snapshot([message(1, { id: 'u1', author: 'client' })]), {
      type: 'restored',
      outbox: [{ id: 'u1', text: 'x', at: '', state: 'sending', tries: 1, due: 0, why: null }],
    })
    expect(state.outbox).toEqual([])
  })
})
