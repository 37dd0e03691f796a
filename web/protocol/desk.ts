/**
 * The desk's state: a snapshot, then numbered events. Only `reduceDesk` changes it.
 *
 * Conversations are filled from the handoff's own page (`detail`) and kept true by frames.
 */

import { alerted, type SlaAlert } from './alerts'
import { conversationFrame, withDetail, type Conversations, withMessages } from './conversations'
import { type DeskFrame, type NumberedFrame } from './frames'
import { place, skewOf } from './handoffs'
import { type Notice, noticed } from './notices'
import { type FollowUp, type Invite, type Whisper, withHandoff, withInvite } from './together'
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
  /** Invitations to this person that stand. */
  invites: Invite[]
  /** What supervisors told the owner, by conversation. */
  whispers: Readonly<Record<string, Whisper[]>>
  followUps: FollowUp[]
  /** Not dismissed yet, the newest first. */
  notices: Notice[]
  conversations: Conversations
  /** A supervisor's: promises that were not kept, nobody has taken note yet. */
  alerts: SlaAlert[]
  /** The institution's clock minus this machine's, in ms: countdowns count in the institution's time. */
  skew: number
  stale: boolean
  /** What happened to the last offer that went away, for one notice. */
  gone: { handoffId: string; why: string } | null
  /** How the last invitation that this person made was answered, for one notice. */
  answered: Invite | null
}

export type DeskEvent =
  | { type: 'phase'; phase: DeskState['phase'] }
  | { type: 'snapshot'; snapshot: DeskSnapshot; now: number }
  | { type: 'frame'; frame: DeskFrame; now: number }
  | { type: 'handoff'; handoff: Handoff }
  | { type: 'detail'; detail: Detail }
  | { type: 'said'; message: Message }
  | { type: 'alert.seen'; id: string }
  | { type: 'read'; conversationId: string }
  | { type: 'presence'; presence: Presence }

export const emptyDesk: DeskState = {
  phase: 'loading', epoch: '', seq: 0, me: null, offers: [], queue: [], active: [], wrapUp: [], colleagues: [],
  invites: [], whispers: {}, followUps: [], notices: [], conversations: {}, alerts: [], skew: 0, stale: false, gone: null, answered: null,
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
      return placed(state, event.handoff)
    case 'detail':
      return withPage(state, event.detail)
    case 'said':
      return { ...state, conversations: withMessages(state.conversations, event.message.conversation_id, [event.message]) }
    case 'alert.seen':
      return { ...state, alerts: state.alerts.filter(({ id }) => id !== event.id) }
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
    invites: snapshot.invites ?? [], followUps: snapshot.follow_ups ?? [], notices: snapshot.notices ?? [], alerts: snapshot.alerts ?? [],
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
      return placed(state, frame.handoff)
    case 'invite': {
      const answered = frame.invite.by.id === state.me?.id ? frame.invite : state.answered
      return { ...state, invites: withInvite(state.invites, frame.invite, state.me?.id), answered }
    }
    case 'whisper': {
      const heard = (state.whispers[frame.conversation_id] ?? []).filter((one) => one.id !== frame.whisper.id)
      return { ...state, whispers: { ...state.whispers, [frame.conversation_id]: [...heard, frame.whisper] } }
    }
    case 'follow_ups':
      return { ...state, followUps: frame.follow_ups }
    case 'notice':
    case 'notice.read':
      return { ...state, notices: noticed(state.notices, frame) }
    case 'alert.sla':
      return { ...state, alerts: alerted(state.alerts, frame.alert) }
    case 'colleagues': {
      const me = frame.colleagues.find((colleague) => colleague.id === state.me?.id) ?? state.me
      return { ...state, colleagues: frame.colleagues, me }
    }
    case 'marks':
    case 'message':
    case 'understood':
    case 'hint':
      return { ...state, conversations: conversationFrame(state.conversations, frame, now) }
    default:
      return state
  }
}

function placed(state: DeskState, handoff: Handoff): DeskState {
  return { ...place(state, handoff), invites: withHandoff(state.invites, handoff) }
}

function withPage(state: DeskState, detail: Detail): DeskState {
  const { handoff, whispers } = detail
  return {
    ...placed(state, handoff),
    conversations: withDetail(state.conversations, detail),
    whispers: whispers ? { ...state.whispers, [handoff.conversation_id]: whispers } : state.whispers,
  }
}

function withPresence(state: DeskState, presence: Presence): DeskState {
  if (!state.me) return state
  const me = { ...state.me, presence }
  return { ...state, me, colleagues: state.colleagues.map((one) => (one.id === me.id ? { ...one, presence } : one)) }
}
