import { type Leaving, type Sent, type Task } from '../protocol/clients'
import { clock, day, punctuated } from '../ui/format'
import { clients, leaving as leave, outreach as sent, tasks as words } from '../ui/clients.zh'
import { ofClient, useRead } from './ask'
import { Section } from './BriefPane'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'
import { TaskDone } from './TaskDone'

interface Props { session: DeskSession; clientId: string }

const when = (at: string) => `${day(at)} ${clock(at)}`

/** How likely he is to leave, and exactly why. */
export function LeavingCard({ session, clientId }: Props) {
  const query = useRead<Leaving>(session, ofClient(clientId, 'leaving'))
  return (
    <Section title={leave.title}>
      <Loaded query={query}>{(found) => <Risk found={found} />}</Loaded>
    </Section>
  )
}

function Risk({ found }: { found: Leaving }) {
  if (found.probability === undefined) return <p className="quiet-text">{found.why ? punctuated(found.why) : leave.hidden}</p>
  const percent = `${(found.probability * 100).toFixed(found.probability < 0.1 ? 1 : 0)}%`
  return (
    <div className={`leaving leaving-${found.level ?? 'none'}`} data-testid="leaving">
      <p className="leaving-head"><b className="num">{percent}</b><span>{found.level ? clients.leaving(clients.level[found.level]) : leave.none}</span></p>
      <p className="quiet-text">{leave.lead}</p>
      {found.reasons && found.reasons.length > 0 && (
        <ul className="reasons" aria-label={leave.reasons}>
          {found.reasons.map((one) => (
            <li key={one.feature}><span>{punctuated(one.words)}</span><span className="num">{leave.adds(one.adds)}</span></li>
          ))}
        </ul>
      )}
      {found.action && <p>{leave.action(punctuated(found.action))}</p>}
    </div>
  )
}

const read = (session: DeskSession, clientId: string) => [session, ofClient(clientId, 'outreach')] as const
interface Care { outreach: Sent[]; tasks: Task[] }

export function ClientTasks({ session, clientId }: Props) {
  const query = useRead<Care>(...read(session, clientId))
  return (
    <Section title={words.title}>
      <Loaded query={query} rows={2}>
        {({ tasks }) =>
          tasks.length > 0 ? (
            <ul className="cards">
              {tasks.map((one) => (
                <li key={one.key} data-testid="task">
                  <p><b>{punctuated(one.title)}</b> <small className="num quiet-text">{words.due(when(one.due_at))}</small></p>
                  <p className="task-text">{punctuated(one.text)}</p>
                  <TaskDone session={session} taskKey={one.key} />
                </li>
              ))}
            </ul>
          ) : (
            <p className="quiet-text">{words.none}</p>
          )
        }
      </Loaded>
    </Section>
  )
}

/** What we wrote of our own accord, and what waits or was left unsaid, with the reason. */
export function OutreachList({ session, clientId }: Props) {
  const query = useRead<Care>(...read(session, clientId))
  return (
    <Section title={sent.title}>
      <Loaded query={query} rows={2}>
        {({ outreach }) =>
          outreach.length > 0 ? (
            <ul className="cards">
              {outreach.map((one) => (
                <li key={one.key}>
                  <p><b>{one.title}</b> <small className="quiet-text">{stateOf(one)}</small></p>
                  <p className="task-text">{punctuated(one.text)}</p>
                </li>
              ))}
            </ul>
          ) : (
            <p className="quiet-text">{sent.none}</p>
          )
        }
      </Loaded>
    </Section>
  )
}

function stateOf(one: Sent): string {
  const why = sent.why[one.why]
  if (one.state === 'sent') return sent.sent(when(one.sent_at ?? one.asked_at))
  const state = one.state === 'waiting' ? sent.waiting(when(one.not_before)) : sent.dropped
  return [state, why].filter(Boolean).join(' · ')
}
