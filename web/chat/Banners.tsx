import { type Link } from '../protocol/socket'
import { type Waiting } from '../protocol/types'
import { estimate } from '../ui/format'
import { chat } from '../ui/messages.zh'

export function ReconnectBanner({ link, onRetry }: { link: Link; onRetry: () => void }) {
  if (link.kind !== 'waiting') return null
  return (
    <div className="banner banner-warn" role="status" data-testid="reconnecting">
      <span>{link.seconds > 2 ? chat.reconnectingIn(link.seconds) : chat.reconnecting}</span>
      <button type="button" onClick={onRetry}>{chat.retryNow}</button>
    </div>
  )
}

export function QueueBanner({ waiting, onCancel }: { waiting: Waiting; onCancel: () => void }) {
  const place = waiting.position > 1 ? chat.place(waiting.position) : chat.next
  const wait = waiting.wait_seconds === null ? chat.waitUnknown : chat.wait(estimate(waiting.wait_seconds))
  return (
    <div className="banner banner-queue" role="status" data-testid="queue" data-position={waiting.position}>
      <span className="pulse" aria-hidden="true" />
      <div>
        <b>{place}</b>
        <span className="dot-between">{wait}</span>
        <p>{chat.stillHere}</p>
      </div>
      <button type="button" onClick={onCancel}>{chat.cancel}</button>
    </div>
  )
}

export function Toast({ text }: { text: string }) {
  return (
    <div className={text ? 'toast' : 'toast toast-none'} role="alert">
      {text}
    </div>
  )
}
