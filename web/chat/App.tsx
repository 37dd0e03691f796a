import { useEffect, useState, useSyncExternalStore } from 'react'
import { storage } from '../ui/browser'
import { chat } from '../ui/messages.zh'
import { QueueBanner, ReconnectBanner, Toast } from './Banners'
import { Composer } from './Composer'
import { isLong } from '../protocol/appointments'
import { embedded } from './handover'
import { Header } from './Header'
import { BookedBanner, Leaving } from './Leaving'
import { FullPage, Welcome } from './Pages'
import { Rating } from './Rating'
import { useLook } from './look'
import { Sheet } from './Sheet'
import { type ChatSession } from './session'
import { Timeline } from './Timeline'
import { hush, speak } from './voice'

export function App({ session }: { session: ChatSession }) {
  const state = useSyncExternalStore(session.store.watch, session.store.read)
  const booked = useSyncExternalStore(session.booked.watch, session.booked.read)
  const link = useSyncExternalStore(session.link.watch, session.link.read)
  const [largeChoice, setLargeChoice] = useState(() => storage.get('large'))
  const [speaking, setSpeaking] = useState(() => storage.get('speaking') === 'yes')
  const [toast, setToast] = useState('')
  const [open, setOpen] = useState(false)
  const [look, setLook] = useLook()
  const [draft, setDraft] = useState('')
  const large = largeChoice === null ? (state.client?.elderly ?? false) : largeChoice === 'yes'
  const last = state.messages[state.messages.length - 1]

  useEffect(() => {
    document.documentElement.toggleAttribute('data-large', large)
  }, [large])

  useSpeaking(speaking, last?.seq, last?.author === 'client' ? undefined : last?.text)

  if (state.phase === 'expired') return <FullPage title={chat.expiredTitle} text={chat.expiredText} reload={embedded} />
  if (state.phase === 'failed') return <FullPage title={chat.failedTitle} text={chat.failedText} reload />
  if (state.phase === 'loading' || !state.client) return <FullPage text={chat.loading} busy />

  const attempt = (action: Promise<void>) => {
    action.catch(() => {
      setToast(chat.failedAction)
      setTimeout(() => setToast(''), 4000)
    })
  }
  const toggleLarge = () => {
    storage.set('large', large ? 'no' : 'yes')
    setLargeChoice(large ? 'no' : 'yes')
  }
  const toggleSpeaking = () => {
    storage.set('speaking', speaking ? null : 'yes')
    setSpeaking(!speaking)
    hush()
  }
  const edit = (id: string, text: string) => {
    session.withdraw(id)
    setDraft(text)
  }
  const { ratingAsked, waiting } = state
  return (
    <div className="page">
      <a className="skip" href="#messages">{chat.skipToMessages}</a>
      <a className="skip" href="#input">{chat.skipToInput}</a>
      <Header
        owner={state.owner}
        large={large}
        onLarge={toggleLarge}
        onMore={() => setOpen(true)}
        onHuman={() => attempt(session.askHuman())}
      />
      <ReconnectBanner link={link} onRetry={() => session.hurry()} />
      {waiting && <QueueBanner waiting={waiting} onCancel={() => attempt(session.cancelHuman())} />}
      {waiting && isLong(waiting.wait_seconds) && <Leaving key={waiting.handoff_id} session={session} onFailed={attempt} />}
      {booked[0] && <BookedBanner booked={booked[0]} session={session} onFailed={attempt} />}
      <Timeline state={state} session={session} onEdit={edit} large={large}>
        {state.messages.length === 0 && state.outbox.length === 0 && (
          <Welcome name={state.client.name} suggestions={state.suggestions} onPick={(text) => session.say(text)} />
        )}
        {ratingAsked && <Rating key={ratingAsked.handoff_id} asked={ratingAsked} session={session} onFailed={attempt} />}
      </Timeline>
      <Composer draft={draft} onDraft={setDraft} onSend={(text) => session.say(text)} onTyping={() => session.typing()} onFiles={(picked) => session.uploads.pick(picked)} />
      {open && <Sheet session={session} look={look} onLook={setLook} speaking={speaking} onSpeaking={toggleSpeaking} onClose={() => setOpen(false)} />}
      <Toast text={toast} />
    </div>
  )
}

/** Reads aloud what others say, from the moment it is switched on. */
function useSpeaking(on: boolean, seq: number | undefined, text: string | undefined): void {
  const [spoken, setSpoken] = useState<{ on: boolean; seq: number | undefined }>({ on, seq })
  const fresh = on && spoken.on && spoken.seq !== undefined && seq !== undefined && seq > spoken.seq
  if (spoken.on !== on || spoken.seq !== seq) setSpoken({ on, seq })
  useEffect(() => {
    if (fresh && text) speak(text)
  }, [fresh, seq, text])
}
