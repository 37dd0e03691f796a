import { CheckCircleFilled, WarningFilled, StopOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Skeleton } from 'antd'
import { type ReactNode } from 'react'
import { type DeskState } from '../protocol/desk'
import { type RecordRow } from '../protocol/together'
import { type Brief, type Handoff, type Labelled } from '../protocol/types'
import { clock, punctuated } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { together } from '../ui/together.zh'
import { Candidates } from './Candidates'
import { curveOf, Curve } from './Curve'
import { addToDraft } from './drafts'
import { detailQuery } from './queries'
import { type DeskSession } from './session'

/** All that lets an advisor answer without asking the client anything again. */
export function BriefPane({ session, state, handoff }: { session: DeskSession; state: DeskState; handoff: Handoff }) {
  const conversation = state.conversations[handoff.conversation_id]
  const query = useQuery(detailQuery(session, handoff, conversation?.stale ?? false))
  if (!query.data) return <Skeleton active className="brief" paragraph={{ rows: 10 }} aria-label={desk.loadingBrief} />
  const { brief, candidates, record } = query.data
  const mine = handoff.state === 'active' && handoff.owner?.id === state.me?.id
  const curve = curveOf(brief.emotion_curve, conversation?.messages ?? [])
  return (
    <div className="brief" data-testid="brief">
      <section className="brief-now">
        <h3>{desk.now}</h3>
        <p>{punctuated(brief.now)}</p>
        <p className="brief-reason">{punctuated(brief.reason)}</p>
        <p className="brief-priority" data-testid="priority">{punctuated(brief.priority || handoff.explanation)}</p>
      </section>
      <Points title={desk.alerts} list={brief.alerts} icon={<WarningFilled />} look="alerts" />
      <Points title={desk.avoid} list={brief.avoid} icon={<StopOutlined />} look="avoid" />
      {brief.opening && (
        <Section title={desk.opening}>
          <blockquote className="opening">
            {punctuated(brief.opening)}
            {mine && (
              <Button size="small" onClick={() => addToDraft(handoff.conversation_id, punctuated(brief.opening))}>{desk.useOpening}</Button>
            )}
          </blockquote>
        </Section>
      )}
      <Points title={desk.steps} list={brief.next_steps} icon={<CheckCircleFilled />} look="steps" />
      {curve.length > 1 && (
        <Section title={desk.curve}>
          <Curve points={curve} />
        </Section>
      )}
      <Pairs title={desk.who} list={brief.who} />
      <Pairs title={desk.facts} list={brief.facts} />
      {brief.summary && (
        <Section title={desk.summary}>
          <p>{punctuated(brief.summary)}</p>
        </Section>
      )}
      <Points title={desk.asked} list={brief.asked} look="plain" />
      <Points title={desk.tried} list={brief.tried} look="plain" />
      <Quotes quotes={brief.quotes} />
      <Record rows={record ?? []} />
      <Candidates because={handoff.because} candidates={candidates} />
    </div>
  )
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="brief-section" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  )
}

function Points({ title, list, icon, look }: { title: string; list: string[]; icon?: ReactNode; look: string }) {
  if (list.length === 0) return null
  return (
    <Section title={title}>
      <ul className={`points points-${look}`}>
        {list.map((text) => (
          <li key={text}>
            {icon}
            <span>{punctuated(text)}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Pairs({ title, list }: { title: string; list: Labelled[] }) {
  if (list.length === 0) return null
  return (
    <Section title={title}>
      <dl className="pairs">
        {list.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{punctuated(value)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function Record({ rows }: { rows: RecordRow[] }) {
  if (rows.length === 0) return null
  return (
    <Section title={together.record}>
      <ol className="record" data-testid="record">
        {rows.map(({ at, who, words }) => (
          <li key={at + who + words}>
            <time className="num" dateTime={at}>{clock(at)}</time>
            <span>{punctuated(`${who} ${words}`)}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Quotes({ quotes }: { quotes: Brief['quotes'] }) {
  if (quotes.length === 0) return null
  return (
    <Section title={desk.quotes}>
      {quotes.map(({ at, text, emotion }) => (
        <blockquote key={at + text} className="quote">
          {text}
          <footer>{[clock(at), emotion].filter(Boolean).join(' · ')}</footer>
        </blockquote>
      ))}
    </Section>
  )
}
