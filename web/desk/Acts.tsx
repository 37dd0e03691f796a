import { type Act, type Step } from '../protocol/clients'
import { clock, day, figure, length, punctuated } from '../ui/format'
import { acts as words } from '../ui/clients.zh'
import { profile } from '../ui/profile.zh'
import { ofClient, useRead } from './ask'
import { Section } from './BriefPane'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

/** What was done about each warning: how things stood, step by step, and what became of it. */
export function Acts({ session, clientId }: { session: DeskSession; clientId: string }) {
  const query = useRead<{ acts: Act[] }>(session, ofClient(clientId, 'acts'))
  return (
    <Section title={words.title}>
      <Loaded query={query}>
        {({ acts }) => (acts.length > 0 ? <>{acts.map((one) => <ActCard key={one.id} act={one} />)}</> : <p className="quiet-text">{words.none}</p>)}
      </Loaded>
    </Section>
  )
}

function ActCard({ act }: { act: Act }) {
  const { before, after } = act
  const sums = (part: { total?: number; orders?: unknown[] }) =>
    [part.total !== undefined && words.total(figure(part.total)), part.orders && words.orders(part.orders.length)].filter(Boolean).join('，')
  return (
    <details className={`act act-${act.level}`} data-testid="act" open={act.outcome === null && act.level === 'high'}>
      <summary>
        <b>{profile.level[act.level]}</b>
        <span>{punctuated(before.words)}</span>
        <small className="num">{`${day(act.at)} ${clock(act.at)} · ${act.outcome ? words.outcome[act.outcome] : words.state[act.state]}`}</small>
      </summary>
      <dl>
        <div><dt>{words.before}</dt><dd>{sums(before)}<p className="quiet-text">{punctuated(before.advice)}</p></dd></div>
        <div>
          <dt>{words.during}</dt>
          <dd>{act.during.length > 0 ? <ol>{act.during.map((step) => <li key={step.step + step.at}><Done step={step} /></li>)}</ol> : words.state[act.state]}</dd>
        </div>
        <div>
          <dt>{words.after}</dt>
          <dd>
            {act.outcome ? words.outcome[act.outcome] : words.waiting}
            {after && <p className="quiet-text">{[sums(after), after.note && words.noteOf(after.note)].filter(Boolean).join('；')}</p>}
          </dd>
        </div>
      </dl>
    </details>
  )
}

function Done({ step }: { step: Step }) {
  const time = step.seconds === undefined ? '' : step.in_time ? words.inTime(length(step.seconds)) : words.late(length(step.seconds))
  return (
    <>
      <time className="num" dateTime={step.at}>{clock(step.at)}</time> <b>{words.step[step.step]}</b>{' '}
      {step.words && punctuated(step.step === 'ask' ? words.asked(step.words) : step.words)}{time}
    </>
  )
}
