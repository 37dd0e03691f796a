/** Several people in one conversation, what was left to be followed up, and a supervisor's reports: docs/protocol.md. */

import { type Handoff, type Level, type Person } from './types'
import { type Role } from './words'

export interface Guest {
  invite_id: string
  id: string
  name: string
  role: Role
  kind: 'expert' | 'listener'
  state: 'offered' | 'joined'
  expires_at: string | null
}

export interface Invite {
  id: string
  state: 'offered' | 'joined' | 'declined' | 'expired' | 'withdrawn' | 'left' | 'released'
  advisor: Person
  by: Person
  note: string
  why: string
  expires_at: string | null
  handoff: Handoff
}

export interface Whisper {
  id: string
  at: string
  from: Person
  text: string
}

export interface RecordRow {
  at: string
  event: string
  who: string
  words: string
}

export interface FollowUp {
  id: string
  kind: 'message' | 'callback' | 'appointment'
  text: string
  client_id: string
  client_name: string
  topic: string
  advisor_id: string | null
  due_at: string | null
  created_at: string
}

export interface Figures {
  count: number
  served: number
  abandoned: number
  left: number
  wait_p50: number | null
  wait_p90: number | null
  in_time: number | null
  response_p50: number | null
  response_p90: number | null
  handling_mean: number | null
  transferred: number | null
  abandonment: number | null
  rated: number
  content: number | null
  score_mean: number | null
  came_back: number | null
  estimate_error: number | null
  /** How many were told an estimate, and the share of those told within 30 % of what it took. */
  estimated?: number
  estimate_close?: number | null
}

export type Row = Figures & { key: string; words: string }

export interface Measures {
  from: string
  to: string
  total: Figures
  by_topic: Row[]
  by_advisor: Row[]
  by_reason: Row[]
  by_day: Row[]
}

export interface Weights {
  text: string
  version: string
  versions: { version: string; at: string; author: string }[]
}

interface Placed {
  points: number
  level: Level
  place: number
  explanation: string
}

export interface Replayed {
  handoff_id: string
  client_name: string
  topic: string
  at: string
  before: Placed
  after: Placed
}

export type RuleFile = 'priority' | 'matching'

interface Given {
  advisor: Person | null
  at: string | null
  waited_seconds: number | null
  because: string[]
}

/** A decision under other matching rules: who would have had it, when. */
export interface Rematched {
  handoff_id: string
  client_name: string
  topic: string
  at: string
  before: Given
  after: Given
  changed: boolean
}

export interface Preview<Shown = Replayed> {
  errors: { line: number; words: string }[]
  rows: Shown[]
}

/** A conversation that an invitation is for, as long as it stands. */
export const stands = (invite: Invite): boolean => invite.state === 'offered' || invite.state === 'joined'

/** The list with this invitation in it, if it is for `me` and stands. */
export function withInvite(list: readonly Invite[], invite: Invite, me: string | undefined): Invite[] {
  const rest = list.filter((one) => one.id !== invite.id)
  return stands(invite) && invite.advisor.id === me ? [...rest, invite] : rest
}

/** Invitations with the newest that is known of their handoff; those of an ended one are gone. */
export function withHandoff(list: readonly Invite[], handoff: Handoff): Invite[] {
  if (!list.some((one) => one.handoff.id === handoff.id)) return list as Invite[]
  const ended = handoff.state !== 'active'
  return list
    .filter((one) => !ended || one.handoff.id !== handoff.id)
    .map((one) => (one.handoff.id === handoff.id && one.handoff.version <= handoff.version ? { ...one, handoff: kept(handoff, one) } : one))
}

/** A frame for everybody leaves out what the client said last. */
function kept(handoff: Handoff, invite: Invite): Handoff {
  return { ...handoff, last_message: handoff.last_message ?? invite.handoff.last_message }
}
