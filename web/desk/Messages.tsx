import { Button } from 'antd'
import { Fragment, useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import { type Conversation } from '../protocol/conversations'
import { documentOf, pictureAddress, pictureOf } from '../protocol/pictures'
import { type Message } from '../protocol/types'
import { Card } from '../ui/Card'
import { clock, day, punctuated } from '../ui/format'
import { common, desk } from '../ui/messages.zh'
import { marks } from '../ui/settings.zh'
import { channel as channels } from '../ui/work.zh'
import { useNow } from './hooks'
import { EmotionBadge } from './Marks'
import { Picture } from './Picture'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  conversationId: string
  conversation: Conversation | undefined
}

const NEAR_PX = 120

export function Messages({ session, conversationId, conversation }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  const top = useRef(0)
  const sending = useSyncExternalStore(session.sending.watch, session.sending.read)[conversationId] ?? []
  const messages = conversation?.messages ?? []
  const last = messages[messages.length - 1]
  const own = [...messages].reverse().find(({ author }) => author === 'human' || author === 'expert')
  const count = messages.length + sending.length

  useLayoutEffect(() => {
    if (box.current && following.current) box.current.scrollTop = box.current.scrollHeight
  }, [count, last?.seq])

  useEffect(() => {
    const view = box.current
    if (!view) return
    // Hints and a growing draft take room from below.
    const observer = new ResizeObserver(() => {
      if (following.current) view.scrollTop = view.scrollHeight
    })
    observer.observe(view)
    return () => observer.disconnect()
  }, [])

  const heard = messages.filter(({ author }) => author === 'client').pop()?.seq ?? 0
  useEffect(() => {
    if (heard > 0 && !document.hidden) session.seen(conversationId, heard)
  }, [session, conversationId, heard])

  const onScroll = () => {
    const view = box.current
    if (!view) return
    const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_PX
    // Only the reader's own way up ends the following; room taken from below does not.
    if (near || view.scrollTop < top.current) following.current = near
    top.current = view.scrollTop
  }
  return (
    <div className="talk-scroll" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-label={desk.conversation}>
      <ol className="lines">
        {messages.map((message, index) => (
          <Fragment key={message.seq}>
            {day(messages[index - 1]?.at ?? '') !== day(message.at) && <li className="day">{day(message.at)}</li>}
            <Line message={message} mark={message.seq === own?.seq ? markOf(own, conversation) : undefined} />
          </Fragment>
        ))}
        {sending.map((item) => (
          <li key={item.id} className="line line-own line-unsent" data-testid="unsent">
            <div className="bubble">{item.text}</div>
            {item.state === 'refused' ? (
              <Button danger type="link" size="small" onClick={() => void session.sayAgain(conversationId, item).catch(() => undefined)}>
                {desk.sendFailed}
              </Button>
            ) : (
              <small>{desk.sending}</small>
            )}
          </li>
        ))}
      </ol>
      {conversation && <Typing until={conversation.typingUntil} />}
    </div>
  )
}

function Typing({ until }: { until: number }) {
  return useNow() < until ? <p className="typing" role="status">{desk.typing}</p> : null
}

/** What became of our newest word: nothing, until a page of the client's has it (WeChat tells nothing of it). */
function markOf(own: Message, conversation: Conversation | undefined): string | undefined {
  const mark = conversation?.marks.client
  if (!mark || own.seq > mark.delivered) return undefined
  if (own.seq > mark.read) return marks.delivered
  return mark.read_at ? marks.readAt(clock(mark.read_at)) : marks.read
}

/** On the desk the client speaks from the left, the institution (AI, colleagues, oneself) from the right. */
function Line({ message, mark }: { message: Message; mark?: string }) {
  const { author, name, text, card, at, seq } = message
  if (author === 'system') {
    return <li className="line line-system" data-testid="message" data-author={author} data-seq={seq}><p>{punctuated(text)}</p></li>
  }
  const picture = author === 'client' ? pictureOf(text) : null
  const document = author === 'client' ? documentOf(text) : null
  const tag = author === 'client' || author === 'ai' ? common.author[author] : common.signed(common.author[author], name)
  return (
    <li className={`line line-${author}${author === 'client' ? '' : ' line-own'}`} data-testid="message" data-author={author} data-seq={seq}>
      <div className="who">
        <span className={`tag tag-${author}`} data-testid="author">{tag}</span>
        <time dateTime={at}>{clock(at)}</time>
        {author === 'client' && message.channel !== 'web' && <span className="line-channel">{channels.names[message.channel] ?? message.channel}</span>}
        {message.emotion && <EmotionBadge emotion={message.emotion} strength={message.strength} />}
      </div>
      {picture && <Picture conversationId={message.conversation_id} name={picture} />}
      {document && <a className="bubble" href={pictureAddress(message.conversation_id, document.name)} download data-testid="document">{document.title}</a>}
      {!picture && !document && text && <div className="bubble">{text}</div>}
      {card && <Card card={card} />}
      {mark && <small className="line-mark" data-testid="mark">{mark}</small>}
    </li>
  )
}
