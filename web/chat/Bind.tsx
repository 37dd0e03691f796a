import { useCallback, useEffect, useState } from 'react'
import { type Bindings, type BindingCode } from '../protocol/binding'
import { clock, day } from '../ui/format'
import { bind, sheet } from '../ui/settings.zh'
import { type ChatSession } from './session'

const PATH = '/api/chat/bind'
/** While a code is out: somebody may send it any moment, and no frame tells of it. */
const LOOK_AGAIN_MS = 3_000

/** The client's WeChats: a code to bind one, his word when it was sent, what is bound. Nothing where the channel is off. */
export function Bind({ session }: { session: ChatSession }) {
  const [known, setKnown] = useState<Bindings | null>(null)
  const [code, setCode] = useState<BindingCode | null>(null)
  const [said, setSaid] = useState('')

  const look = useCallback(() => session.ask<Bindings>('GET', PATH).then(setKnown, () => undefined), [session])
  useEffect(() => {
    void look()
    if (!code) return
    const timer = setInterval(() => void look(), LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [look, code])

  if (!known) return null
  const attempt = (action: Promise<unknown>, words = '') => {
    setSaid('')
    action.then(() => setSaid(words), () => setSaid(bind.failed)).then(look, () => undefined)
  }
  const fresh = () => attempt(session.ask<BindingCode>('POST', PATH, {}).then(setCode))
  const decide = (yes: boolean) => {
    setCode(null)
    attempt(session.ask('POST', `${PATH}/confirm`, { yes }), yes ? bind.done : '')
  }
  const remove = (id: string) => confirm(bind.removeAsk) && attempt(session.ask('POST', `${PATH}/remove`, { id }))
  return (
    <section className="bind" aria-label={sheet.wechat} data-testid="bind">
      <h3>{sheet.wechat}</h3>
      <p>{bind.lead}</p>
      {known.waiting && (
        <div className="bind-ask" role="alert">
          <p>{bind.waiting(clock(known.waiting.since))}</p>
          <button type="button" className="primary" onClick={() => decide(true)}>{bind.yes}</button>
          <button type="button" onClick={() => decide(false)}>{bind.no}</button>
        </div>
      )}
      {!known.waiting && code && <Code code={code} />}
      {!known.waiting && <button type="button" className={code ? 'plain' : 'primary'} onClick={fresh}>{code ? bind.again : bind.start}</button>}
      {known.bound.length > 0 && <h3>{bind.bound}</h3>}
      <ul>
        {known.bound.map((one) => (
          <li key={one.id}>
            <span>{bind.since(bind.kinds[one.kind] ?? one.kind, one.bound_at ? day(one.bound_at) : '')}{one.state === 'frozen' && bind.frozen}</span>
            <button type="button" className="plain" onClick={() => remove(one.id)}>{bind.remove}</button>
          </li>
        ))}
      </ul>
      <p role="status">{said}</p>
    </section>
  )
}

function Code({ code }: { code: BindingCode }) {
  const [copied, setCopied] = useState(false)
  const copy = () => void navigator.clipboard?.writeText(code.code).then(() => setCopied(true), () => undefined)
  return (
    <div className="bind-code">
      <p>{bind.code}</p>
      <output data-testid="code">{code.code}</output>
      {'clipboard' in navigator && <button type="button" className="plain" onClick={copy}>{copied ? bind.copied : bind.copy}</button>}
      <p>{bind.until(clock(code.expires_at))}</p>
      <ol>{bind.steps.map((step) => <li key={step}>{step}</li>)}</ol>
      {code.link && <a href={code.link} target="_blank" rel="noreferrer">{bind.qr}</a>}
    </div>
  )
}
