/** What is said in the conversations that the desk has open. */

import { type DeskFrame } from './frames'
import { further, type Marks, noMarks } from './marks'
import { contiguousEnd, lastOf, merge } from './timeline'
import { type Detail, type Hint, type Message } from './types'

export interface Conversation {
  messages: Message[]
  hints: Hint[]
  unread: number
  /** How far both sides have got. */
  marks: Marks
  /** Until when, on this machine's clock, the client counts as typing. */
  typingUntil: number
  /** A message between is missing: the handoff must be read again. */
  stale: boolean
}

export type Conversations = Readonly<Record<string, Conversation>>

type Frame = Extract<DeskFrame, { type: 'message' | 'understood' | 'hint' | 'typing' | 'marks' }>

const TYPING_MS = 6_000
const fresh: Conversation = { messages: [], hints: [], unread: 0, marks: noMarks, typingUntil: 0, stale: false }

export function conversationFrame(all: Conversations, frame: Frame, now: number): Conversations {
  switch (frame.type) {
    case 'message': {
      const { message } = frame
      const heard = message.author === 'client' && !has(all, message)
      const next = withMessages(all, message.conversation_id, [message])
      return heard ? change(next, message.conversation_id, (c) => ({ ...c, unread: c.unread + 1, typingUntil: 0 })) : next
    }
    case 'understood': {
      const { conversation_id, message_seq, intent, confidence, emotion, strength } = frame
      return change(all, conversation_id, (c) => ({
        ...c,
        messages: c.messages.map((one) => (one.seq === message_seq ? { ...one, intent, confidence, emotion, strength } : one)),
      }))
    }
    case 'hint':
      return change(all, frame.conversation_id, (c) => ({ ...c, hints: frame.hints }))
    case 'marks':
      return change(all, frame.conversation_id, (c) => ({ ...c, marks: further(c.marks, frame.marks) }))
    case 'typing':
      return change(all, frame.conversation_id, (c) => ({ ...c, typingUntil: now + TYPING_MS }))
  }
}

export function withMessages(all: Conversations, id: string, messages: readonly Message[]): Conversations {
  return change(all, id, (c) => {
    const merged = merge(c.messages, messages)
    const gap = c.messages.length > 0 && contiguousEnd(merged, merged[0]?.seq ?? 0) !== lastOf(merged)?.seq
    return { ...c, messages: merged, stale: c.stale || gap }
  })
}

/** The handoff's own page is the truth about its messages; what came after it was read stays. */
export function withDetail(all: Conversations, detail: Detail): Conversations {
  const last = lastOf(detail.messages)?.seq ?? 0
  return change(all, detail.handoff.conversation_id, (c) => ({
    ...c,
    messages: merge(detail.messages, c.messages.filter((message) => message.seq > last)),
    marks: further(c.marks, detail.marks),
    stale: false,
  }))
}

function has(all: Conversations, message: Message): boolean {
  return all[message.conversation_id]?.messages.some((one) => one.seq === message.seq) ?? false
}

function change(all: Conversations, id: string, by: (conversation: Conversation) => Conversation): Conversations {
  return { ...all, [id]: by(all[id] ?? fresh) }
}
