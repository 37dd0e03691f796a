/**
 * What the client wrote and the server has not confirmed yet. Pure; the page keeps the list in localStorage.
 *
 *   sending -> (ack) gone | (refused, 4xx) refused | (silence, 5xx) sending again with the same id
 *   refused -> (sent once more) sending with a new id
 */

export interface Outgoing {
  id: string
  text: string
  at: string
  state: 'sending' | 'refused'
  /** How often it was handed to the network. */
  tries: number
  /** Milliseconds of the page's clock: not to be tried again before. */
  due: number
  why: string | null
}

export const FIRST_WAIT_MS = 6_000
const LONGEST_WAIT_MS = 60_000

export function enqueue(outbox: readonly Outgoing[], id: string, text: string, at: string): Outgoing[] {
  if (outbox.some((item) => item.id === id)) return [...outbox]
  return [...outbox, { id, text, at, state: 'sending', tries: 0, due: 0, why: null }]
}

/** What should be handed to the network now, oldest first. */
export function due(outbox: readonly Outgoing[], now: number): Outgoing[] {
  return outbox.filter((item) => item.state === 'sending' && item.due <= now)
}

/** After a try: wait for the answer, twice as long each time. */
export function tried(outbox: readonly Outgoing[], id: string, now: number): Outgoing[] {
  return outbox.map((item) => {
    if (item.id !== id) return item
    const wait = Math.min(FIRST_WAIT_MS * 2 ** item.tries, LONGEST_WAIT_MS)
    return { ...item, tries: item.tries + 1, due: now + wait }
  })
}

/** A fresh connection: everything unconfirmed may go at once, over it, with its old id. */
export function hurry(outbox: readonly Outgoing[]): Outgoing[] {
  return outbox.map((item) => ({ ...item, tries: 0, due: 0 }))
}

export function settle(outbox: readonly Outgoing[], ids: ReadonlySet<string>): Outgoing[] {
  return outbox.some((item) => ids.has(item.id)) ? outbox.filter((item) => !ids.has(item.id)) : (outbox as Outgoing[])
}

export function refuse(outbox: readonly Outgoing[], id: string, why: string): Outgoing[] {
  return outbox.map((item) => (item.id === id ? { ...item, state: 'refused', why } : item))
}

/** A refused one goes again as a new message: the server has judged the old id. */
export function renew(outbox: readonly Outgoing[], id: string, newId: string): Outgoing[] {
  return outbox.map((item) =>
    item.id === id ? { ...item, id: newId, state: 'sending', tries: 0, due: 0, why: null } : item,
  )
}

/** The outbox in stored text; anything unreadable is an empty one. */
export function read(stored: string | null): Outgoing[] {
  try {
    const items: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(items) ? hurry(items.filter(isOutgoing)) : []
  } catch {
    return []
  }
}

function isOutgoing(item: unknown): item is Outgoing {
  const it = item as Partial<Outgoing> | null
  return typeof it?.id === 'string' && typeof it.text === 'string' && typeof it.at === 'string' && it.state !== undefined
}
