import { Button } from 'antd'
import { type Conversation } from '../protocol/conversations'
import { type Handoff } from '../protocol/types'
import { length, punctuated } from '../ui/format'
import { common, desk } from '../ui/messages.zh'
import { useNow, useSince } from './hooks'
import { EmotionBadge, LevelTag } from './Marks'

interface Props {
  handoff: Handoff
  skew: number
  conversation: Conversation | undefined
  selected: boolean
  onPick: (id: string) => void
  onAccept: ((id: string) => void) | undefined
  onDecline: (handoff: Handoff) => void
}

const SLA_SECONDS = 180

export function HandoffCard({ handoff, skew, conversation, selected, onPick, onAccept, onDecline }: Props) {
  const { client, offered_to: offeredTo } = handoff
  const unread = conversation?.unread ?? 0
  const last = newest(conversation) ?? handoff.last_message
  const felt = understood(conversation) ?? handoff
  // The wait has a clock of its own below.
  const reasons = handoff.reasons.filter(({ code }) => code !== 'sla_age')
  const waits = handoff.state === 'waiting' || handoff.state === 'offered'
  return (
    <li className={`item item-${handoff.level}${selected ? ' item-on' : ''}`} data-testid="handoff" data-id={handoff.id} data-level={handoff.level}>
      <button type="button" className="item-main" aria-current={selected} onClick={() => onPick(handoff.id)}>
        <span className="item-head">
          <b>{client.name}</b>
          <span className="item-topic">{handoff.topic}</span>
          {unread > 0 && <span className="unread" aria-label={desk.unread(unread)}>{unread}</span>}
          <LevelTag level={handoff.level} priority={handoff.priority} />
        </span>
        {waits && <span className="item-why">{punctuated(reasons.map(({ words }) => words).join(' · '))}</span>}
        {last && <span className="item-last">{common.said(common.author[last.author], last.text)}</span>}
        <span className="item-foot">
          {felt.emotion && <EmotionBadge emotion={felt.emotion} strength={felt.strength} />}
          {waits && <Waited at={handoff.requested_at} skew={skew} />}
          {offeredTo && !onAccept && <span>{desk.offeredTo(offeredTo.name)}</span>}
        </span>
      </button>
      {onAccept && (
        <div className="item-offer">
          {handoff.offer_expires_at && <Countdown until={handoff.offer_expires_at} skew={skew} />}
          <Button size="small" onClick={() => onDecline(handoff)}>{desk.decline}</Button>
          <Button size="small" type="primary" onClick={() => onAccept(handoff.id)}>{desk.accept}</Button>
        </div>
      )}
    </li>
  )
}

function newest(conversation: Conversation | undefined) {
  const said = conversation?.messages.filter(({ author, text }) => author !== 'system' && text) ?? []
  return said[said.length - 1]
}

function understood(conversation: Conversation | undefined) {
  const said = conversation?.messages.filter(({ emotion }) => emotion) ?? []
  return said[said.length - 1]
}

export function Waited({ at, skew }: { at: string; skew: number }) {
  const seconds = useSince(at, skew)
  return <span className={seconds > SLA_SECONDS ? 'late num' : 'num'}>{desk.waited(length(seconds))}</span>
}

export function Countdown({ until, skew }: { until: string; skew: number }) {
  const left = Math.max(0, Math.ceil((Date.parse(until) - useNow() - skew) / 1000))
  return (
    <span className={left <= 10 ? 'countdown countdown-short' : 'countdown'} role="timer" data-testid="countdown">
      {desk.left_seconds(left)}
    </span>
  )
}
