/** Where a handoff stands on the desk. */

import { type DeskState } from './desk'
import { type Guest } from './together'
import { type Handoff } from './types'
import { SUPERVISOR } from './words'

/** The state with this handoff in the one list where it belongs; an older version than the known one changes nothing. */
export function place(state: DeskState, handoff: Handoff): DeskState {
  if (known(state, handoff.id).some((one) => one.version > handoff.version)) return state
  const me = state.me?.id
  const mine = handoff.owner?.id === me
  const seen = mine || state.me?.role === SUPERVISOR
  const queued = handoff.state === 'waiting' || handoff.state === 'offered'
  return {
    ...state,
    offers: put(state.offers, handoff, handoff.state === 'offered' && handoff.offered_to?.id === me),
    queue: put(state.queue, handoff, queued).sort(byPriority),
    active: put(state.active, handoff, handoff.state === 'active' && seen),
    wrapUp: put(state.wrapUp, handoff, handoff.state === 'wrap_up' && mine),
  }
}

export function byPriority(a: Handoff, b: Handoff): number {
  return b.priority - a.priority || a.requested_at.localeCompare(b.requested_at)
}

/** The institution's clock minus ours, from a handoff that is waiting: it has waited `waited_seconds` since `requested_at`. */
export function skewOf(handoffs: readonly Handoff[], now: number): number | null {
  const waiting = handoffs.find((one) => one.state === 'waiting' || one.state === 'offered')
  return waiting ? Date.parse(waiting.requested_at) + waiting.waited_seconds * 1000 - now : null
}

export function known(state: DeskState, id: string): Handoff[] {
  const guest = state.invites.map((invite) => invite.handoff)
  return [...state.offers, ...state.active, ...state.wrapUp, ...state.queue, ...guest].filter((one) => one.id === id)
}

/** Whether this person writes to the client here: as owner, or as an expert who has joined. */
export function speaks(state: DeskState, handoff: Handoff): boolean {
  const me = state.me?.id
  if (handoff.state !== 'active' || !me) return false
  return handoff.owner?.id === me || visit(handoff, me)?.state === 'joined'
}

/** This person's part as a guest of the conversation. */
export function visit(handoff: Handoff, me: string | undefined, kind: Guest['kind'] = 'expert'): Guest | undefined {
  return handoff.guests?.find((guest) => guest.id === me && guest.kind === kind)
}

function put(list: readonly Handoff[], handoff: Handoff, belongs: boolean): Handoff[] {
  const index = list.findIndex((one) => one.id === handoff.id)
  if (!belongs) return list.filter((one) => one.id !== handoff.id)
  return index < 0 ? [...list, handoff] : list.map((one, at) => (at === index ? handoff : one))
}
