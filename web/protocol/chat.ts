/**
 * The client page's state: a snapshot, then events. Only `reduceChat` changes it.
 *
 * `seq` is the number of the last message up to which nothing is missing; a reconnect asks for what came after it.
 * `stale` says that something was missed for good and a new snapshot is needed.
 */

import { further, type Marks, noMarks } from './marks'
import * as outbox from './outbox'
import { contiguousEnd, lastOf, merge } from './timeline'
import { type ChatFrame, type ChatSnapshot, type Message, type Owner, type RatingAsked, type Waiting } from './types'

export interface ChatState {
  phase: 'loading' | 'ready' | 'expired' | 'failed'
  epoch: string
  seq: number
  client: ChatSnapshot['client'] | null
  owner: Owner
  messages: Message[]
  waiting: Waiting | null
  ratingAsked: RatingAsked | null
  suggestions: string[]
  outbox: outbox.Outgoing[]
  typing: 'bot' | 'advisor' | null
  /** How far both sides have got. */
  marks: Marks
  stale: boolean
  /** The server said that nothing older exists. */
  complete: boolean
}

export type ChatEvent =
  | { type: 'snapshot'; snapshot: ChatSnapshot }
  | { type: 'frame'; frame: ChatFrame }
  | { type: 'older'; messages: Message[] }
  | { type: 'phase'; phase: ChatState['phase'] }
  | { type: 'restored'; outbox: outbox.Outgoing[] }
  | { type: 'written'; id: string; text: string; at: string }
  | { type: 'tried'; id: string; now: number }
  | { type: 'refused'; id: string; why: string }
  | { type: 'renewed'; id: string; newId: string }
  | { type: 'withdrawn'; id: string }
  | { type: 'connected' }
  | { type: 'quiet' }
  | { type: 'waiting'; waiting: Waiting | null }
  | { type: 'rated' }

const FAULTS: ReadonlySet<string> = new Set(['error', 'unavailable'])

export const emptyChat: ChatState = {
  phase: 'loading', epoch: '', seq: 0, client: null, owner: { kind: 'bot', advisor: null }, messages: [], waiting: null,
  ratingAsked: null, suggestions: [], outbox: [], typing: null, marks: noMarks, stale: false, complete: false,
}

export function reduceChat(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case 'snapshot':
      return withSnapshot(state, event.snapshot)
    case 'frame':
      return withFrame(state, event.frame)
    case 'older':
      return { ...state, messages: merge(event.messages, state.messages), complete: event.messages.length === 0 }
    case 'phase':
      return { ...state, phase: event.phase }
    case 'restored':
      return settled({ ...state, outbox: event.outbox })
    case 'written':
      return { ...state, outbox: outbox.enqueue(state.outbox, event.id, event.text, event.at) }
    case 'tried':
      return { ...state, outbox: outbox.tried(state.outbox, event.id, event.now) }
    case 'refused':
      return { ...state, outbox: outbox.refuse(state.outbox, event.id, event.why) }
    case 'renewed':
      return { ...state, outbox: outbox.renew(state.outbox, event.id, event.newId) }
    case 'withdrawn':
      return { ...state, outbox: outbox.settle(state.outbox, new Set([event.id])) }
    case 'connected':
      return { ...state, outbox: outbox.hurry(state.outbox) }
    case 'quiet':
      return { ...state, typing: null }
    case 'waiting':
      return { ...state, waiting: event.waiting, owner: event.waiting ? { kind: 'queue', advisor: null } : state.owner }
    case 'rated':
      return { ...state, ratingAsked: null }
  }
}

function withSnapshot(state: ChatState, snapshot: ChatSnapshot): ChatState {
  const same = state.epoch === snapshot.epoch
  const first = snapshot.messages[0]?.seq ?? snapshot.seq + 1
  // Older pages the reader has already opened stay, when they join on without a gap.
  const older = same ? state.messages.filter((message) => message.seq < first) : []
  const joined = lastOf(older)?.seq === first - 1 ? older : []
  const messages = merge(joined, snapshot.messages)
  return settled({
    ...state,
    phase: 'ready',
    epoch: snapshot.epoch,
    seq: contiguousEnd(messages, lastOf(snapshot.messages)?.seq ?? snapshot.seq),
    client: snapshot.client,
    owner: snapshot.owner,
    messages,
    waiting: snapshot.waiting,
    ratingAsked: snapshot.rating_asked,
    suggestions: snapshot.suggestions,
    marks: further(same ? state.marks : noMarks, snapshot.marks),
    typing: null,
    stale: false,
    complete: (messages[0]?.seq ?? 1) === 1,
  })
}

function withFrame(state: ChatState, frame: ChatFrame): ChatState {
  switch (frame.type) {
    case 'hello':
      // Another epoch means another history of events: ours cannot be continued.
      if (frame.epoch !== state.epoch) return { ...standing(state, frame), stale: true }
      return { ...standing(state, frame), marks: further(state.marks, frame.marks) }
    case 'message':
      return withMessage(state, frame.message)
    case 'owner':
      return standing(state, frame)
    case 'typing':
      // While a person answers, the bot only reads along.
      return frame.who === 'bot' && state.owner.kind === 'advisor' ? state : { ...state, typing: frame.who }
    case 'marks':
      return { ...state, marks: further(state.marks, frame.marks) }
    case 'ack':
      return acknowledged(state, frame.id, frame.seq)
    case 'refused':
      // A fault of the server's is no judgement: the same message goes again by itself.
      if (FAULTS.has(frame.code)) return state
      return { ...state, outbox: outbox.refuse(state.outbox, frame.id, frame.detail) }
    case 'reset':
      return { ...state, stale: true }
    default:
      return state
  }
}

function standing(state: ChatState, said: { owner: Owner; waiting: Waiting | null; rating_asked: RatingAsked | null }) {
  const typing = said.owner.kind === state.owner.kind ? state.typing : null
  return { ...state, typing, owner: said.owner, waiting: said.waiting ?? null, ratingAsked: said.rating_asked ?? null }
}

function withMessage(state: ChatState, message: Message): ChatState {
  const messages = merge(state.messages, [message])
  const seq = contiguousEnd(messages, state.seq)
  const typing = message.author === 'client' ? state.typing : null
  return settled({ ...state, messages, seq, typing, stale: state.stale || message.seq > seq })
}

/** The stored message itself comes as a frame of its own; until then our copy stands in its place. */
function acknowledged(state: ChatState, id: string, seq: number): ChatState {
  const item = state.outbox.find((one) => one.id === id)
  if (!item) return state
  const known = state.messages.some((message) => message.seq === seq)
  const copy: Message = {
    seq, id, conversation_id: '', author: 'client', author_id: null, name: null, text: item.text, card: null,
    quick_replies: [], channel: 'web', at: item.at,
  }
  const messages = known ? state.messages : merge(state.messages, [copy])
  const waiting = outbox.settle(state.outbox, new Set([id]))
  return { ...state, outbox: waiting, messages, seq: contiguousEnd(messages, state.seq) }
}

function settled(state: ChatState): ChatState {
  if (state.outbox.length === 0) return state
  return { ...state, outbox: outbox.settle(state.outbox, new Set(state.messages.map((message) => message.id))) }
}
