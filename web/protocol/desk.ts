/**
 * The desk's state: a snapshot, then numbered events. Only `reduceDesk` changes it.
 *
 * Conversations are filled from the handoff's own page (`detail`) and kept true by frames.
 */

import { conversationFrame, withDetail, type Conversations, withMessages } from './conversations'
import { type DeskFrame, type NumberedFrame } from './frames'
import { place, skewOf } from './handoffs'
import { type Colleague, type DeskSnapshot, type Detail, type Handoff, type Message, type Presence } from './types'

export interface DeskState {
  phase: 'loading' | 'signed-out' | 'ready' | 'failed'
  epoch: string
  seq: number
  me: Colleague | null
  offers: Handoff[]
  queue: Handoff[]
  active: Handoff[]
  wrapUp: Handoff[]
  colleagues: Colleague[]
  conversations: Conversations
  /** The institution's clock minus this machine's, in ms: countdowns count in the institution's time. */
  skew: number
  stale: boolean
  /** What happened to the last offer that went away, for one notice. */
  gone: { handoffId: string; why: string } | null
}

export type DeskEvent =
  | { type: 'phase'; phase: DeskState['phase'] }
  | { type: 'snapshot'; snapshot: DeskSnapshot; now: number }
  | { type: 'frame'; frame: DeskFrame; now: number }
  | { type: 'handoff'; handoff: Handoff }
  | { type: 'detail'; detail: Detail }
  | { type: 'said'; message: Message }
  | { type: 'read'; conversationId: string }
  | { type: 'presence'; presence: Presence }

export const emptyDesk: DeskState = {
  phase: 'loading', epoch: '', seq: 0, me: null, offers: [], queue: [], active: [], wrapUp: [], colleagues: [],
  conversations: {}, skew: 0, stale: false, gone: null,
}

export function reduceDesk(state: DeskState, event: DeskEvent): DeskState {
  switch (event.type) {
    case 'phase':
      return { ...state, phase: event.phase }
    case 'snapshot':
      return withSnapshot(state, event.snapshot, event.now)
    case 'frame':
      return withFrame(state, event.frame, event.now)
    case 'handoff':
      return place(state, event.handoff)
    case 'detail':
      return { ...place(state, event.detail.handoff), conversations: withDetail(state.conversations, event.detail) }
    case 'said':
      return { ...state, conversations: withMessages(state.conversations, event.message.conversation_id, [event.message]) }
    case 'read': {
      const conversation = state.conversations[event.conversationId]
      if (!conversation?.unread) return state
      const read = { ...conversation, unread: 0 }
      return { ...state, conversations: { ...state.conversations, [event.conversationId]: read } }
    }
    case 'presence':
      return withPresence(state, event.presence)
  }
}

function withSnapshot(state: DeskState, snapshot: DeskSnapshot, now: number): DeskState {
  const { epoch, seq, me, offers, queue, active, colleagues } = snapshot
  return {
    ...state, phase: 'ready', epoch, seq, me, offers, queue, active, wrapUp: snapshot.wrap_up, colleagues, stale: false,
    skew: skewOf([...offers, ...queue], now) ?? state.skew,
  }
}

function withFrame(state: DeskState, frame: DeskFrame, now: number): DeskState {
  if (frame.type === 'hello') return { ...state, stale: state.stale || frame.epoch !== state.epoch }
  if (frame.type === 'pong') return state
  if (frame.type === 'typing') return { ...state, conversations: conversationFrame(state.conversations, frame, now) }
  if (frame.type === 'reset') return { ...state, stale: true }
  if (frame.seq === undefined) return applied(state, frame, now)
  if (frame.seq <= state.seq) return state
  // The stream is numbered for all desks together: what lies between was for others.
  return { ...applied(state, frame, now), seq: frame.seq }
}

function applied(state: DeskState, frame: NumberedFrame, now: number): DeskState {
  switch (frame.type) {
    case 'offer.made':
      return { ...place(state, frame.handoff), skew: skewOf([frame.handoff], now) ?? state.skew }
    case 'offer.gone': {
      if (!state.offers.some((offer) => offer.id === frame.handoff_id)) return state
      const offers = state.offers.filter((offer) => offer.id !== frame.handoff_id)
      return { ...state, offers, gone: { handoffId: frame.handoff_id, why: frame.why } }
    }
    case 'queue.changed':
      return { ...state, queue: frame.queue, skew: skewOf(frame.queue, now) ?? state.skew }
    case 'handoff.changed':
      return place(state, frame.handoff)
    case 'colleagues': {
      const me = frame.colleagues.find((colleague) => colleague.id === state.me?.id) ?? state.me
      return { ...state, colleagues: frame.colleagues, me }
    }
    case 'message':
    case 'understood':
    case 'hint':
      return { ...state, conversations: conversationFrame(state.conversations, frame, now) }
    default:
      return state
  }
}

function withPresence(state: DeskState, presence: Presence): DeskState {
  if (!state.me) return state
  const me = { ...state.me, presence }
  return { ...state, me, colleagues: state.colleagues.map((one) => (one.id === me.id ? { ...one, presence } : one)) }
}
