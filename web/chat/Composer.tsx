import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { MicIcon, SendIcon } from '../ui/icons'
import { chat } from '../ui/messages.zh'
import { canListen, listen } from './voice'

interface Props {
  draft: string
  onDraft: (draft: string) => void
  onSend: (text: string) => void
  onTyping: () => void
}

export function Composer({ draft, onDraft, onSend, onTyping }: Props) {
  const input = useRef<HTMLTextAreaElement>(null)
  const stopListening = useRef<() => void>(() => undefined)
  const [listening, setListening] = useState(false)

  useLayoutEffect(() => {
    const box = input.current
    if (!box) return
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight}px`
  }, [draft])

  const send = () => {
    const text = draft.trim()
    if (!text) return
    stopListening.current()
    onSend(text)
    onDraft('')
    input.current?.focus()
  }
  const onKey = (event: KeyboardEvent) => {
    // An input method's Enter confirms a word; old WebViews report it as key 229 only.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229
    if (event.key !== 'Enter' || event.shiftKey || composing) return
    event.preventDefault()
    send()
  }
  const toggleListening = () => {
    if (listening) return stopListening.current()
    setListening(true)
    stopListening.current = listen(onDraft, () => setListening(false))
  }
  return (
    <footer className="composer">
      <form
        aria-label={chat.composer}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {canListen() && (
          <button
            type="button"
            className={listening ? 'round listening' : 'round'}
            aria-pressed={listening}
            aria-label={listening ? chat.listening : chat.listen}
            onClick={toggleListening}
          >
            <MicIcon />
          </button>
        )}
        <textarea
          id="input"
          ref={input}
          rows={1}
          value={draft}
          placeholder={chat.input}
          aria-label={chat.input}
          enterKeyHint="send"
          onKeyDown={onKey}
          onChange={(event) => {
            onDraft(event.target.value)
            onTyping()
          }}
        />
        <button type="submit" className="round primary" aria-label={chat.send} disabled={!draft.trim()}>
          <SendIcon />
        </button>
      </form>
      <p className="fine">{chat.notice}</p>
    </footer>
  )
}
