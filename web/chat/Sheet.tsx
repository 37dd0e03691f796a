import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { sheet } from '../ui/settings.zh'
import { Bind } from './Bind'
import { type Look } from './look'
import { type ChatSession } from './session'
import './sheet.css'
import { canSpeak } from './voice'

interface Props {
  session: ChatSession
  look: Look
  onLook: (look: Look) => void
  speaking: boolean
  onSpeaking: () => void
  onClose: () => void
}

const LOOKS = Object.keys(sheet.looks) as Look[]

export function Sheet({ session, look, onLook, speaking, onSpeaking, onClose }: Props) {
  return (
    <Dialog title={sheet.title} onClose={onClose}>
      <fieldset className="sheet-choice">
        <legend>{sheet.look}</legend>
        {LOOKS.map((one) => (
          <label key={one} className={one === look ? 'sheet-on' : ''}>
            <input type="radio" name="look" checked={one === look} onChange={() => onLook(one)} />
            {sheet.looks[one]}
          </label>
        ))}
      </fieldset>
      {canSpeak() && (
        <div className="sheet-row">
          <span id="speaking">{sheet.speak}</span>
          <button type="button" role="switch" aria-checked={speaking} aria-labelledby="speaking" onClick={onSpeaking}>{speaking ? sheet.on : sheet.off}</button>
        </div>
      )}
      <Bind session={session} />
    </Dialog>
  )
}

/** Over the page: takes the focus, keeps it, gives it back. */
function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    box.current?.focus()
    return () => before?.focus()
  }, [])
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return onClose()
    if (event.key !== 'Tab' || !box.current) return
    const all = [...box.current.querySelectorAll<HTMLElement>('button, input, a[href]')].filter((one) => !one.hasAttribute('disabled'))
    const first = all[0]
    const last = all[all.length - 1]
    const out = event.shiftKey ? document.activeElement === first || document.activeElement === box.current : document.activeElement === last
    if (!out) return
    event.preventDefault()
    ;(event.shiftKey ? last : first)?.focus()
  }
  return (
    <div className="sheet-back" onClick={(event) => event.target === event.currentTarget && onClose()}>
      <div className="sheet" role="dialog" aria-modal="true" aria-label={title} data-testid="sheet" tabIndex={-1} ref={box} onKeyDown={onKey}>
        <header>
          <h2>{title}</h2>
          <button type="button" onClick={onClose}>{sheet.close}</button>
        </header>
        {children}
      </div>
    </div>
  )
}
