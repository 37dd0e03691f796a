/** Frames of the desk's socket. All but hello, pong and typing carry the number of the page's stream. */

import { type AlertFrame } from './alerts'
import { type Marks } from './marks'
import { type NoticeFrame } from './notices'
import { type FollowUp, type Invite, type Whisper } from './together'
import { type Colleague, type Handoff, type Hint, type Message, type Understanding } from './types'

type Numbered =
  | { type: 'offer.made'; handoff: Handoff }
  | { type: 'offer.gone'; handoff_id: string; why: 'accepted' | 'declined' | 'expired' | 'withdrawn' }
  | { type: 'queue.changed'; queue: Handoff[] }
  | { type: 'handoff.changed'; handoff: Handoff }
  | { type: 'message'; message: Message }
  | ({ type: 'understood'; conversation_id: string; message_seq: number } & Understanding)
  | { type: 'colleagues'; colleagues: Colleague[] }
  | { type: 'marks'; conversation_id: string; marks: Marks }
  | { type: 'hint'; conversation_id: string; hints: Hint[] }
  | { type: 'invite'; invite: Invite }
  | { type: 'whisper'; conversation_id: string; whisper: Whisper }
  | { type: 'follow_ups'; follow_ups: FollowUp[] }
  | NoticeFrame
  | AlertFrame
  | { type: 'reset' }

export type NumberedFrame = Numbered & { seq?: number }

export type DeskFrame =
  | NumberedFrame
  | { type: 'hello'; epoch: string; seq: number }
  | { type: 'typing'; conversation_id: string }
  | { type: 'pong' }
