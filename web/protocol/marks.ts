/** How far each side of a conversation has got: a number stands for all messages up to it. Pure. */

export interface Mark {
  delivered: number
  read: number
  read_at: string | null
}

/** client: the client's pages; staff: whoever speaks for the institution. */
export interface Marks {
  client: Mark
  staff: Mark
}

const none: Mark = { delivered: 0, read: 0, read_at: null }
export const noMarks: Marks = { client: none, staff: none }

/** Of two tellings the further one: frames of several processes may cross. */
export function further(known: Marks, told: Marks | undefined): Marks {
  if (!told) return known
  return { client: ahead(known.client, told.client), staff: ahead(known.staff, told.staff) }
}

function ahead(known: Mark, told: Mark): Mark {
  const later = told.read >= known.read ? told : known
  return { delivered: Math.max(known.delivered, told.delivered), read: later.read, read_at: later.read_at }
}

/** What a page should tell: the last message of others that it holds, and that was before the reader's eyes. */
export function untold(marks: Mark, held: number, seen: number): { delivered: number; read: number } | null {
  const delivered = Math.max(held, marks.delivered)
  const read = Math.max(seen, marks.read)
  return delivered > marks.delivered || read > marks.read ? { delivered, read } : null
}
