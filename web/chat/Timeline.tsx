import { Fragment, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { type ChatState } from '../protocol/chat'
import { untold } from '../protocol/marks'
import { type Message } from '../protocol/types'
import { day } from '../ui/format'
import { DownIcon } from '../ui/icons'
import { chat } from '../ui/messages.zh'
import { marks } from '../ui/settings.zh'
import { Bubble, Unsent } from './Bubble'
import { Sendings } from './Files'
import { type ChatSession } from './session'

interface Props {
  state: ChatState
  session: ChatSession
  onEdit: (id: string, text: string) => void
  large: boolean
  children: ReactNode
}

/** Nearer to the end than this counts as reading along. */
const NEAR_PX = 80
/** Several messages at once are told once. */
const TELL_AFTER_MS = 400
const TOGETHER_MS = 5 * 60_000

export function Timeline({ state, session, onEdit, large, children }: Props) {
  const { messages, outbox, typing, owner } = state
  const { box, content, atEnd, leftAt, onScroll, toEnd } = useReading(state, session)
  useTelling(state, session, atEnd)
  const [openedAt] = useState(messages[messages.length - 1]?.seq ?? 0)
  const unread = atEnd ? 0 : messages.filter((one) => one.seq > leftAt && one.author !== 'client').length
  const last = messages[messages.length - 1]
  const own = [...messages].reverse().find(({ author }) => author === 'client')
  const say = useCallback((text: string) => session.say(text), [session])
  const replies = last && last.author !== 'client' && outbox.length === 0 ? last.quick_replies : []
  return (
    <main className="reading">
      <div className="scroll" ref={box} onScroll={onScroll} id="messages" tabIndex={0} aria-label={chat.messages} role="region">
        <div className="column" ref={content}>
          {messages.length > 0 && <p className="fine beginning">{state.complete ? chat.beginning : chat.older}</p>}
          <ol className="lines" data-testid="messages">
            {messages.map((message, index) => (
              <Fragment key={message.seq}>
                {newDay(messages[index - 1], message) && <li className="day">{day(message.at)}</li>}
                <Bubble message={message} opens={opens(messages[index - 1], message)} onSend={say} large={large} mark={message.seq === own?.seq ? markOf(own, state) : undefined} fresh={message === last && message.seq > openedAt} />
              </Fragment>
            ))}
            {outbox.map((item) => (
              <Unsent
                key={item.id}
                item={item}
                onAgain={(id) => session.sayAgain(id)}
                onEdit={onEdit}
                onDrop={(id) => session.withdraw(id)}
              />
            ))}
          </ol>
          <Sendings uploads={session.uploads} />
          {replies.length > 0 && (
            <div className="replies" role="group" aria-label={chat.quickReplies}>
              {replies.map((text) => (
                <button key={text} type="button" onClick={() => session.say(text)}>{text}</button>
              ))}
            </div>
          )}
          {typing && (
            <p className="typing" data-testid="typing" role="status">
              <span className="sr">
                {typing === 'bot' ? chat.typingBot : chat.typingAdvisor(owner.advisor?.name ?? '')}
              </span>
              <i /><i /><i />
            </p>
          )}
          {children}
        </div>
      </div>
      {!atEnd && (
        <button type="button" className="pill" data-testid="to-end" onClick={toEnd}>
          <DownIcon />
          {unread > 0 ? chat.more(unread) : <span className="sr">{chat.toEnd}</span>}
        </button>
      )}
      {/* Only the newest line is announced: older ones that are loaded on scrolling up must stay silent. */}
      <p className="sr" aria-live="polite">{last && last.author !== 'client' ? last.text : ''}</p>
    </main>
  )
}

/** Tells the other side how far this page has got; what stands above the reader's eyes counts when he has seen the end. */
function useTelling(state: ChatState, session: ChatSession, atEnd: boolean): void {
  const [hidden, setHidden] = useState(document.hidden)
  useEffect(() => {
    const look = () => setHidden(document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  const link = useSyncExternalStore(session.link.watch, session.link.read)
  const held = [...state.messages].reverse().find(({ author }) => author !== 'client')?.seq ?? 0
  const told = untold(state.marks.client, held, atEnd && !hidden ? held : 0)
  const { delivered, read } = told ?? { delivered: 0, read: 0 }
  useEffect(() => {
    if (delivered === 0 || link.kind !== 'live') return
    const timer = setTimeout(() => session.tell({ delivered, read }), TELL_AFTER_MS)
    return () => clearTimeout(timer)
  }, [session, delivered, read, link.kind])
}

/** Follows the newest message while the reader is at the end; keeps the place when older ones come in above. */
function useReading(state: ChatState, session: ChatSession) {
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const before = useRef<{ first: number | undefined; height: number; sent: number }>({ first: undefined, height: 0, sent: 0 })
  const following = useRef(true)
  const top = useRef(0)
  const [atEnd, setAtEnd] = useState(true)
  const [leftAt, setLeftAt] = useState(0)
  const { messages, outbox } = state
  const first = messages[0]?.seq
  const lastSeq = messages[messages.length - 1]?.seq ?? 0

  useLayoutEffect(() => {
    const view = box.current
    if (!view) return
    const was = before.current
    if (outbox.length > was.sent) following.current = true
    if (was.first !== undefined && first !== undefined && first < was.first) view.scrollTop += view.scrollHeight - was.height
    else if (following.current) view.scrollTop = view.scrollHeight
    before.current = { first, height: view.scrollHeight, sent: outbox.length }
  }, [messages, first, outbox.length, state.typing])

  useEffect(() => {
    const view = box.current
    const inner = content.current
    if (!view || !inner || !('ResizeObserver' in window)) return
    const observer = new ResizeObserver(() => {
      if (following.current) view.scrollTop = view.scrollHeight
    })
    observer.observe(view)
    observer.observe(inner)
    return () => observer.disconnect()
  }, [])

  const onScroll = () => {
    const view = box.current
    if (!view) return
    const near = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR_PX
    // Only the reader's own way up ends the following; content that grows below does not.
    if (near || view.scrollTop < top.current) following.current = near
    top.current = view.scrollTop
    if (atEnd && !following.current) setLeftAt(lastSeq)
    setAtEnd(following.current)
    if (view.scrollTop < NEAR_PX && !near) void session.older()
  }
  const toEnd = () => {
    const view = box.current
    if (view) view.scrollTop = view.scrollHeight
  }
  return { box, content, atEnd, leftAt, onScroll, toEnd }
}

function markOf(own: Message, { marks: { staff } }: ChatState): string {
  return own.seq <= staff.read ? marks.read : marks.delivered
}

function newDay(before: Message | undefined, message: Message): boolean {
  return !before || day(before.at) !== day(message.at)
}

function opens(before: Message | undefined, message: Message): boolean {
  if (!before || before.author !== message.author || before.name !== message.name) return true
  return Date.parse(message.at) - Date.parse(before.at) > TOGETHER_MS
}
