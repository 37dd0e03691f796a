import { useState } from 'react'
import { type RatingAsked } from '../protocol/types'
import { storage } from '../ui/browser'
import { chat } from '../ui/messages.zh'
import { type ChatSession } from './session'

interface Props {
  asked: RatingAsked
  session: ChatSession
  onFailed: (action: Promise<void>) => void
}

/** Asked once: a client who puts it off is not asked again about the same transfer. */
export function Rating({ asked, session, onFailed }: Props) {
  const key = `rating.${asked.handoff_id}`
  const [hidden, setHidden] = useState(() => storage.get(key) !== null)
  const [score, setScore] = useState(0)
  const [comment, setComment] = useState('')
  if (hidden) return null
  const later = () => {
    storage.set(key, 'later')
    setHidden(true)
  }
  const send = () => onFailed(session.rate(asked.handoff_id, score, comment.trim()).then(() => storage.set(key, 'done')))
  return (
    <section className="rating" data-testid="rating" aria-label={chat.rateLegend}>
      <h3>{chat.rate(asked.name)}</h3>
      <div className="stars" role="radiogroup" aria-label={chat.rateLegend}>
        {chat.stars.map((words, index) => (
          <label key={words} className={index < score ? 'star star-on' : 'star'}>
            <input
              type="radio"
              name="score"
              value={index + 1}
              checked={score === index + 1}
              onChange={() => setScore(index + 1)}
              aria-label={chat.star(index + 1, words)}
            />
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 3.2l2.7 5.6 6.1.8-4.5 4.3 1.1 6.1L12 17l-5.4 3 1.1-6.1-4.5-4.3 6.1-.8z" />
            </svg>
          </label>
        ))}
      </div>
      <p className="stars-words" aria-live="polite">{chat.stars[score - 1] ?? ' '}</p>
      {score > 0 && (
        <textarea rows={2} value={comment} placeholder={chat.comment} aria-label={chat.comment} onChange={(e) => setComment(e.target.value)} />
      )}
      <div className="rating-actions">
        <button type="button" onClick={later}>{chat.rateLater}</button>
        <button type="button" className="primary" disabled={score === 0} onClick={send}>{chat.rateSend}</button>
      </div>
    </section>
  )
}
