import { chat, common } from '../ui/messages.zh'

/** A page instead of the conversation: loading, expired sign-in, no service. */
export function FullPage({ title, text, busy, reload }: { title?: string; text: string; busy?: boolean; reload?: boolean }) {
  return (
    <main className="full" data-testid={busy ? 'loading' : 'full-page'} aria-busy={busy}>
      <span className="mark mark-big" aria-hidden="true">{common.brand.slice(0, 1)}</span>
      {title && <h1>{title}</h1>}
      <p>{text}</p>
      {reload && <button type="button" className="primary" onClick={() => location.reload()}>{chat.reload}</button>}
    </main>
  )
}

export function Welcome({ name, suggestions, onPick }: { name: string; suggestions: string[]; onPick: (text: string) => void }) {
  return (
    <section className="welcome" data-testid="welcome">
      <h2>{chat.welcome(name)}</h2>
      <p>{chat.welcomeText}</p>
      {suggestions.length > 0 && <h3 id="suggestions">{chat.suggestions}</h3>}
      <ul aria-labelledby="suggestions">
        {suggestions.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => onPick(text)}>{text}</button>
          </li>
        ))}
      </ul>
    </section>
  )
}
