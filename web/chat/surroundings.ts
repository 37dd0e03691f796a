/** What a conversation's page needs of the browser. */

import { Problem } from '../protocol/http'
import { type SocketLike, type Timers } from '../protocol/socket'
import { type ChatSnapshot } from '../protocol/types'
import { type Carrier } from './uploads'

export interface Surroundings {
  call: <T>(method: 'GET' | 'POST', path: string, body?: object) => Promise<T>
  open: (address: string) => SocketLike
  address: (path: string, seen: { epoch: string; seq: number }) => string
  timers: Timers
  now: () => number
  random: () => number
  newId: () => string
  carrier: Omit<Carrier, 'newId'>
  /** In a frame of an institution's page: sign in anew by what that page gives. */
  signIn?: () => Promise<boolean>
  storage: { get(key: string): string | null; set(key: string, value: string | null): void }
}

/** The snapshot; where the sign-in is over and the page around can give another, after that. */
export async function snapshotOf({ call, signIn }: Surroundings): Promise<ChatSnapshot> {
  const read = () => call<ChatSnapshot>('GET', '/api/chat/snapshot')
  try {
    return await read()
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && (await signIn?.())) return read()
    throw error
  }
}
