/** The shapes of docs/protocol.md, by hand. Fields the page does not know are left out and ignored. */

import { type SlaAlert } from './alerts'
import { type ChannelState } from './channel'
import { type Marks } from './marks'
import { type Notice } from './notices'
import { type FollowUp, type Guest, type Invite, type RecordRow, type Whisper } from './together'
import { type Emotion, type Role } from './words'

export type Author = 'client' | 'ai' | 'human' | 'expert' | 'system'
export type Tone = 'up' | 'down' | 'warn' | 'muted'
export type Level = 'low' | 'medium' | 'high' | 'urgent'
export type Presence = 'online' | 'busy' | 'offline'
export type HandoffState = 'waiting' | 'offered' | 'active' | 'wrap_up' | 'closed' | 'abandoned'
export type Outcome = 'solved' | 'unsolved' | 'follow_up'

export interface Series {
  name: string
  points: [string | number, string | number][]
}

export interface Chart {
  kind: 'line' | 'bar' | 'donut'
  unit?: string | null
  series: Series[]
}

export interface CardRow {
  label: string
  value: string
  tone?: Tone | null
}

export interface Card {
  title: string
  rows: CardRow[]
  note?: string | null
  chart?: Chart | null
  actions?: { label: string; send: string }[] | null
  stamp?: string | null
}

export interface Understanding {
  intent?: string | null
  confidence?: number | null
  emotion?: Emotion | null
  strength?: number | null
}

export interface Message extends Understanding {
  seq: number
  id: string
  conversation_id: string
  author: Author
  author_id: string | null
  name: string | null
  text: string
  card: Card | null
  quick_replies: string[]
  channel: string
  at: string
}

// --- client page ---

export interface Owner {
  kind: 'bot' | 'queue' | 'advisor'
  advisor: { id: string; name: string; role: Role } | null
}

export interface Waiting {
  handoff_id: string
  since: string
  position: number
  wait_seconds: number | null
  words: string
}

export interface RatingAsked {
  handoff_id: string
  name: string
}

export interface ChatSnapshot {
  epoch: string
  seq: number
  client: { id: string; name: string; stage: string; elderly: boolean }
  owner: Owner
  messages: Message[]
  waiting: Waiting | null
  rating_asked: RatingAsked | null
  suggestions: string[]
  marks?: Marks
}

interface Standing {
  owner: Owner
  waiting: Waiting | null
  rating_asked: RatingAsked | null
}

export type ChatFrame =
  | ({ type: 'hello'; epoch: string; seq: number; marks?: Marks } & Standing)
  | { type: 'message'; message: Message }
  | ({ type: 'owner' } & Standing)
  | { type: 'typing'; who: 'bot' | 'advisor' }
  | { type: 'marks'; marks: Marks }
  | { type: 'ack'; id: string; seq: number }
  | { type: 'refused'; id: string; code: string; detail: string }
  | { type: 'reset' }
  | { type: 'pong' }

// --- desk ---

export interface Colleague {
  id: string
  name: string
  role: Role
  presence: Presence
  load: number
  capacity: number
  skills: Record<string, number>
}

export interface Reason {
  code: string
  words: string
  points: number
}

export interface HandoffClient {
  id: string
  name: string
  stage: string
  tier: string
  age: number | null
  risk_level: string
  member_level: string
}

export interface Person {
  id: string
  name: string
}

export interface Handoff {
  id: string
  version: number
  state: HandoffState
  conversation_id: string
  client: HandoffClient
  topic: string
  second_topic: string | null
  reasons: Reason[]
  priority: number
  level: Level
  explanation: string
  emotion: Emotion | null
  strength: number | null
  requested_at: string
  waited_seconds: number
  owner: Person | null
  offered_to: Person | null
  offer_expires_at: string | null
  because: string[]
  last_message: { author: Author; text: string; at: string } | null
  channel: string
  /** Who is invited or takes part beside the owner. */
  guests?: Guest[]
}

export interface Labelled {
  label: string
  value: string
}

export interface CurvePoint {
  at: string
  seq: number
  emotion: Emotion
  strength: number
  negative: boolean
}

export interface Brief {
  who: Labelled[]
  now: string
  asked: string[]
  tried: string[]
  summary: string
  quotes: { at: string; text: string; emotion: Emotion | null }[]
  emotion_curve: CurvePoint[]
  alerts: string[]
  avoid: string[]
  opening: string
  next_steps: string[]
  facts: Labelled[]
  reason: string
  priority: string
}

export interface Candidate {
  advisor: { id: string; name: string; role: Role }
  eligible: boolean
  chosen: boolean
  points: Reason[]
  total: number
  blocked_by: string[]
}

export interface Detail {
  handoff: Handoff
  brief: Brief
  messages: Message[]
  candidates: Candidate[]
  record?: RecordRow[]
  /** Null for a client who is in no channel with limits. */
  channel_state?: ChannelState | null
  marks?: Marks
  whispers?: Whisper[]
}

export interface DeskSnapshot {
  epoch: string
  seq: number
  /** Null for staff who take no conversations: trainers. */
  me: Colleague | null
  offers: Handoff[]
  queue: Handoff[]
  active: Handoff[]
  wrap_up: Handoff[]
  colleagues: Colleague[]
  invites?: Invite[]
  follow_ups?: FollowUp[]
  notices?: Notice[]
  /** A supervisor's: broken promises that nobody has taken note of. */
  alerts?: SlaAlert[]
}

export interface Hint {
  kind: string
  text: string
  send?: string | null
}

export interface Finding {
  words: string
  rule: string
  instead: string
}
