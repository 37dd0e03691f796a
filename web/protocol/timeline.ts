/** The one ordered list of a conversation's messages: no number twice, gaps seen. */

import { type Message } from './types'

/** Both lists as one, in order; of two with one number the later given wins. */
export function merge(known: readonly Message[], more: readonly Message[]): Message[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]))
  for (const message of more) bySeq.set(message.seq, message)
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** The last number up to which nothing is missing, counted from `from`. */
export function contiguousEnd(messages: readonly Message[], from: number): number {
  let end = from
  for (const { seq } of messages) if (seq === end + 1) end = seq
  return end
}

export function lastOf(messages: readonly Message[]): Message | undefined {
  return messages[messages.length - 1]
}
