import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { files } from '../ui/files.zh'
import { AttachIcon, MicIcon, SendIcon } from '../ui/icons'
import { chat } from '../ui/messages.zh'
import { canListen, listen } from './voice'

interface Props {
  draft: string
  onDraft: (draft: string) => void
  onSend: (text: string) => void
  onTyping: () => void
  onFiles: (files: File[]) => void
}

export function Composer({ draft, onDraft, onSend, onTyping, onFiles }: Props) {
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
        <Attach onFiles={onFiles} />
        <textarea
          id="input"
          ref={input}
          rows={1}
          value={draft}
          placeholder={chat.input}
          aria-label={chat.input}
          enterKeyHint="send"
          onPaste={(event) => {
            const pasted = [...event.clipboardData.files]
            if (pasted.length === 0) return
            event.preventDefault()
            onFiles(pasted)
          }}
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

/** What may be picked; the server looks at the content. */
const ACCEPTED = 'image/jpeg,image/png,image/gif,image/webp,application/pdf'

function Attach({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className="round" aria-label={files.attach} title={files.attach} data-testid="attach" onClick={() => input.current?.click()}>
        <AttachIcon />
      </button>
      <input
        ref={input}
        type="file"
        accept={ACCEPTED}
        multiple
        hidden
        data-testid="file"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          currentTarget.value = ''
        }}
      />
    </>
  )
}
