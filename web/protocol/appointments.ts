/** Times of experts, and what the client has booked: docs/protocol.md. */

export interface Slot {
  advisor: { id: string; name: string; role: string }
  at: string
  minutes: number
  words: string
}

export interface Booked extends Slot {
  id: string
  topic: string
}

export interface Appointments {
  topic: string | null
  slots: Slot[]
  booked: Booked[]
}

export type WayOut = 'message' | 'callback' | 'appointment'

/** The promise of a human answer within three minutes cannot be kept: other ways are offered. */
export const LONG_WAIT_SECONDS = 180

export function isLong(waitSeconds: number | null): boolean {
  return waitSeconds === null || waitSeconds > LONG_WAIT_SECONDS
}
