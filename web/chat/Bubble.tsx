import { memo } from 'react'
import { type Outgoing } from '../protocol/outbox'
import { type Message } from '../protocol/types'
import { documentOf, pictureOf } from '../protocol/pictures'
import { Card } from '../ui/Card'
import { files } from '../ui/files.zh'
import { clock, punctuated } from '../ui/format'
import { SpeakerIcon } from '../ui/icons'
import { chat, common } from '../ui/messages.zh'
import { Document, Picture } from './Files'
import { useReveal } from './reveal'
import { canSpeak, speak } from './voice'

interface Props {
  message: Message
  /** The first of several by the same author: shows who speaks; the others say it to screen readers only. */
  opens: boolean
  onSend: (text: string) => void
  large: boolean
  /** Under the client's own newest message: whether it arrived, whether a person has read it. */
  mark?: string
  /** Has just come: a long answer shows bit by bit. */
  fresh?: boolean
}

export const Bubble = memo(function Bubble({ message, opens, onSend, large, mark, fresh }: Props) {
  const { author, name, text, card, seq, at } = message
  if (author === 'system') {
    return (
      <li className="line line-system" data-testid="message" data-author={author} data-seq={seq}>
        <span className="sr">{common.author.system}</span>
        <p>{punctuated(text)}</p>
      </li>
    )
  }
  const tag = author === 'ai' ? common.author.ai : common.signed(common.author[author], name)
  return (
    <li className={`line line-${author}${opens ? ' line-opens' : ''}`} data-testid="message" data-author={author} data-seq={seq}>
      {author === 'client' ? (
        <span className="sr">{common.author.client}</span>
      ) : (
        <div className={opens ? 'who' : 'who sr'}>
          <span className={`tag tag-${author}`} data-testid="author">{tag}</span>
          <time dateTime={at}>{clock(at)}</time>
        </div>
      )}
      {text && (author === 'client' ? <Own text={text} /> : <Said text={author === 'ai' ? punctuated(text) : text} fresh={fresh ?? false} />)}
      {mark && <p className="sending" data-testid="mark">{mark}</p>}
      {card && <Card card={card} onSend={onSend} />}
      {large && author !== 'client' && text && canSpeak() && (
        <button type="button" className="aloud" aria-label={chat.speakOne} onClick={() => speak(text)}>
          <SpeakerIcon />
        </button>
      )}
    </li>
  )
})

function Own({ text }: { text: string }) {
  const picture = pictureOf(text)
  const document = documentOf(text)
  if (picture) return <Picture name={picture} />
  if (document) return <Document {...document} />
  return <div className="bubble">{text}</div>
}

/** The place for the whole text is taken at once: nothing moves while it appears. */
function Said({ text, fresh }: { text: string; fresh: boolean }) {
  const [shown, showAll] = useReveal(text, fresh)
  if (shown >= text.length) return <div className="bubble">{text}</div>
  return (
    <div className="bubble" title={files.wholeText} onClick={showAll} data-testid="revealing">
      {text.slice(0, shown)}<span className="unsaid">{text.slice(shown)}</span>
    </div>
  )
}

interface UnsentProps {
  item: Outgoing
  onAgain: (id: string) => void
  onEdit: (id: string, text: string) => void
  onDrop: (id: string) => void
}

/** What the client wrote and the server has not confirmed yet. */
export function Unsent({ item, onAgain, onEdit, onDrop }: UnsentProps) {
  const refused = item.state === 'refused'
  return (
    <li className="line line-client line-unsent" data-testid="unsent" data-state={item.state}>
      <span className="sr">{common.author.client}</span>
      <div className={refused ? 'bubble bubble-refused' : 'bubble'}>{item.text}</div>
      {refused ? (
        <div className="refused" role="alert">
          <p>{item.why || chat.refused}</p>
          <button type="button" onClick={() => onEdit(item.id, item.text)}>{chat.edit}</button>
          <button type="button" onClick={() => onAgain(item.id)}>{chat.again}</button>
          <button type="button" onClick={() => onDrop(item.id)}>{chat.drop}</button>
        </div>
      ) : (
        <p className="sending">{item.tries > 1 ? chat.unsent : chat.sending}</p>
      )}
    </li>
  )
}
