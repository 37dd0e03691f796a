import { useQuery } from '@tanstack/react-query'
import { Button, Progress, Table } from 'antd'
import { type DeskState } from '../protocol/desk'
import { type Measures } from '../protocol/together'
import { type Colleague, type Handoff, type Level } from '../protocol/types'
import { length } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { together, wall } from '../ui/together.zh'
import { type Dialog } from './Dialogs'
import { type Shown, told } from './figures'
import { SlaAlerts } from './SlaAlerts'
import { useNow } from './hooks'
import { LevelTag } from './Marks'
import { type DeskSession } from './session'
import { ofHandoff, usePost } from './together'

const SLA_SECONDS = 180
const LEVELS: Level[] = ['urgent', 'high', 'medium', 'low']
const TODAY: Shown[] = ['in_time', 'response_p50', 'handling_mean', 'abandonment', 'content']
const { columns } = desk

interface Props {
  session: DeskSession
  state: DeskState
  onDialog: (dialog: Dialog) => void
  onOpen: (id: string) => void
}

/** The supervisor's wall: who waits and how long is left of the promise, who does what, how the day goes. */
export function Wall({ session, state, onDialog, onOpen }: Props) {
  const now = useNow() + state.skew
  const waited = (one: Handoff) => Math.max(0, (now - Date.parse(one.requested_at)) / 1000)
  const waiting = LEVELS.flatMap((level) => state.queue.filter((one) => one.level === level))
  const late = waiting.filter((one) => waited(one) > SLA_SECONDS).length
  const longest = Math.max(0, ...waiting.map(waited))
  const online = state.colleagues.filter((one) => one.presence !== 'offline').length
  return (
    <main className="wall" data-testid="wall" tabIndex={0}>
      <div className="figures">
        <Figure label={desk.wallWaiting} value={String(waiting.length)} note={byLevel(waiting)} />
        <Figure label={desk.wallBreaches} value={String(late)} bad={late > 0} />
        <Figure label={desk.wallLongest} value={longest ? length(longest) : '—'} bad={longest > SLA_SECONDS} />
        <Figure label={desk.wallOnline} value={`${online} / ${state.colleagues.length}`} />
      </div>
      <SlaAlerts session={session} alerts={state.alerts} onOpen={onOpen} />
      <Today session={session} ended={state.active.length} />
      <div className="wall-tables">
        <section aria-label={desk.wallQueue}>
          <h2>{desk.wallQueue}</h2>
          <Table
            size="middle"
            pagination={false}
            rowKey="id"
            dataSource={waiting}
            locale={{ emptyText: desk.wallEmpty }}
            rowClassName={(one) => (waited(one) > SLA_SECONDS ? 'row-late' : '')}
            columns={[
              { title: columns.level, render: (_, one: Handoff) => <LevelTag level={one.level} priority={one.priority} /> },
              { title: columns.client, render: (_, one: Handoff) => <b>{one.client.name}</b> },
              { title: columns.topic, render: (_, one: Handoff) => one.topic },
              { title: columns.reason, render: (_, one: Handoff) => one.reasons.filter(({ code }) => code !== 'sla_age').map(({ words }) => words).join(' · ') },
              { title: columns.waited, render: (_, one: Handoff) => <Remaining seconds={waited(one)} /> },
              { title: columns.state, render: (_, one: Handoff) => (one.offered_to ? desk.offeredTo(one.offered_to.name) : desk.state[one.state]) },
              { title: wall.columns.act, render: (_, one: Handoff) => <Acts session={session} handoff={one} onDialog={onDialog} onOpen={onOpen} /> },
            ]}
          />
        </section>
        <section aria-label={wall.conversations}>
          <h2>{wall.conversations}</h2>
          <Table
            size="middle"
            pagination={false}
            rowKey="id"
            dataSource={state.active}
            locale={{ emptyText: wall.noConversations }}
            columns={[
              { title: columns.level, render: (_, one: Handoff) => <LevelTag level={one.level} priority={one.priority} /> },
              { title: columns.client, render: (_, one: Handoff) => <b>{one.client.name}</b> },
              { title: columns.topic, render: (_, one: Handoff) => one.topic },
              { title: wall.columns.owner, render: (_, one: Handoff) => one.owner?.name ?? desk.nobody },
              { title: wall.columns.guests, render: (_, one: Handoff) => one.guests?.map(({ name }) => name).join(' · ') || desk.nobody },
              { title: wall.columns.act, render: (_, one: Handoff) => <Acts session={session} handoff={one} onDialog={onDialog} onOpen={onOpen} /> },
            ]}
          />
        </section>
        <section aria-label={desk.wallPeople}>
          <h2>{desk.wallPeople}</h2>
          <Table
            size="middle"
            pagination={false}
            rowKey="id"
            dataSource={[...state.colleagues].sort((a, b) => rank(a) - rank(b) || b.load - a.load)}
            columns={[
              { title: columns.person, render: (_, one: Colleague) => <><b>{one.name}</b> <small>{one.role}</small></> },
              { title: columns.presence, render: (_, one: Colleague) => <span className={`presence presence-${one.presence}`}>{desk.presence[one.presence]}</span> },
              { title: columns.load, render: (_, one: Colleague) => <Load one={one} /> },
              { title: columns.serving, render: (_, one: Colleague) => serving(one, state.active) },
              { title: columns.skills, render: (_, one: Colleague) => skills(one) },
            ]}
          />
        </section>
      </div>
    </main>
  )
}

/** How the day goes; read afresh when a conversation begins or ends. */
function Today({ session, ended }: { session: DeskSession; ended: number }) {
  const { data } = useQuery({ queryKey: ['today', ended], queryFn: () => session.read<Measures>('/api/desk/measures'), placeholderData: (old) => old })
  if (!data) return null
  return (
    <section className="today" aria-label={wall.today} data-testid="today">
      <h2>{wall.today}</h2>
      <dl>
        <div><dt>{wall.served}</dt><dd className="num">{data.total.served}</dd></div>
        {TODAY.map((name) => <div key={name}><dt>{wallWords(name)}</dt><dd className="num">{told(name, data.total)}</dd></div>)}
      </dl>
    </section>
  )
}

function Acts({ session, handoff, onDialog, onOpen }: { session: DeskSession; handoff: Handoff; onDialog: Props['onDialog']; onOpen: Props['onOpen'] }) {
  const { post, busy } = usePost(session)
  const listen = async () => {
    if (await post(ofHandoff(handoff, 'listen'), { on: true })) onOpen(handoff.id)
  }
  return (
    <span className="acts">
      {handoff.state === 'active' && <Button size="small" type="link" disabled={busy} onClick={() => void listen()}>{together.listen}</Button>}
      <Button size="small" type="link" onClick={() => onDialog({ kind: 'transfer', handoff })}>{together.assign}</Button>
      <Button size="small" type="link" disabled={busy} onClick={() => void post(ofHandoff(handoff, 'take-over'), { version: handoff.version })}>{together.takeOver}</Button>
    </span>
  )
}

function Remaining({ seconds }: { seconds: number }) {
  const left = SLA_SECONDS - seconds
  return <span className={left < 0 ? 'late num' : 'num'} data-testid="waited">{left < 0 ? wall.late(length(-left)) : wall.left(length(left))}</span>
}

function Figure({ label, value, bad, note }: { label: string; value: string; bad?: boolean; note?: string }) {
  return (
    <div className={bad ? 'figure figure-bad' : 'figure'} data-testid="figure">
      <span>{label}</span>
      <b className="num">{value}</b>
      {note && <small>{note}</small>}
    </div>
  )
}

function Load({ one }: { one: Colleague }) {
  const percent = one.capacity ? (one.load / one.capacity) * 100 : 0
  return (
    <span className="load">
      <Progress aria-label={columns.load} percent={percent} showInfo={false} size="small" status={percent >= 100 ? 'exception' : 'normal'} />
      <span className="num">{`${one.load}/${one.capacity}`}</span>
    </span>
  )
}

const rank = ({ presence }: Colleague) => ({ online: 0, busy: 1, offline: 2 })[presence]

function wallWords(name: Shown): string {
  return { in_time: wall.inTime, response_p50: wall.response, abandonment: wall.abandonment, content: wall.content, handling_mean: wall.handling }[name as string] ?? name
}

function byLevel(waiting: Handoff[]): string {
  return LEVELS.map((level) => `${desk.level[level]} ${waiting.filter((one) => one.level === level).length}`).join(' · ')
}

function serving(one: Colleague, active: Handoff[]): string {
  return active.filter(({ owner }) => owner?.id === one.id).map(({ client, topic }) => `${client.name}(${topic})`).join(' · ') || desk.nobody
}

function skills({ skills: all }: Colleague): string {
  return Object.entries(all).sort(([, a], [, b]) => b - a).slice(0, 3).map(([topic, level]) => `${topic} ${level}`).join(' · ')
}
