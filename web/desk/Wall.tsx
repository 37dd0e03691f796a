import { Progress, Table } from 'antd'
import { type DeskState } from '../protocol/desk'
import { type Colleague, type Handoff } from '../protocol/types'
import { length } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { useNow } from './hooks'
import { LevelTag } from './Marks'

const SLA_SECONDS = 180
const { columns } = desk

/** The supervisor's wall: who waits, whose wait breaks the promise, who does what. */
export function Wall({ state }: { state: DeskState }) {
  const now = useNow() + state.skew
  const waiting = state.queue.map((handoff) => ({ handoff, seconds: Math.max(0, (now - Date.parse(handoff.requested_at)) / 1000) }))
  const late = waiting.filter(({ seconds }) => seconds > SLA_SECONDS).length
  const longest = Math.max(0, ...waiting.map(({ seconds }) => seconds))
  const online = state.colleagues.filter((one) => one.presence !== 'offline').length
  return (
    <main className="wall" data-testid="wall" tabIndex={0}>
      <div className="figures">
        <Figure label={desk.wallWaiting} value={String(waiting.length)} />
        <Figure label={desk.wallBreaches} value={String(late)} bad={late > 0} />
        <Figure label={desk.wallLongest} value={longest ? length(longest) : '—'} bad={longest > SLA_SECONDS} />
        <Figure label={desk.wallOnline} value={`${online} / ${state.colleagues.length}`} />
      </div>
      <div className="wall-tables">
        <section aria-label={desk.wallQueue}>
          <h2>{desk.wallQueue}</h2>
          <Table
            size="middle"
            pagination={false}
            rowKey={({ handoff }) => handoff.id}
            dataSource={waiting}
            locale={{ emptyText: desk.wallEmpty }}
            rowClassName={({ seconds }) => (seconds > SLA_SECONDS ? 'row-late' : '')}
            columns={[
              { title: columns.client, render: (_, { handoff }) => <b>{handoff.client.name}</b> },
              { title: columns.level, render: (_, { handoff }) => <LevelTag level={handoff.level} priority={handoff.priority} /> },
              { title: columns.topic, render: (_, { handoff }) => handoff.topic },
              { title: columns.reason, render: (_, { handoff }) => handoff.reasons.map(({ words }) => words).join(' · ') },
              {
                title: columns.waited,
                render: (_, { seconds }) => (
                  <span className={seconds > SLA_SECONDS ? 'late num' : 'num'} data-testid="waited">
                    {length(seconds)}
                    {seconds > SLA_SECONDS && ` · ${desk.breach}`}
                  </span>
                ),
              },
              { title: columns.state, render: (_, { handoff }) => (handoff.offered_to ? desk.offeredTo(handoff.offered_to.name) : desk.state[handoff.state]) },
            ]}
          />
        </section>
        <section aria-label={desk.wallPeople}>
          <h2>{desk.wallPeople}</h2>
          <Table
            size="middle"
            pagination={false}
            rowKey="id"
            dataSource={state.colleagues}
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

function Figure({ label, value, bad }: { label: string; value: string; bad?: boolean }) {
  return (
    <div className={bad ? 'figure figure-bad' : 'figure'} data-testid="figure">
      <span>{label}</span>
      <b className="num">{value}</b>
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

function serving(one: Colleague, active: Handoff[]): string {
  return active.filter(({ owner }) => owner?.id === one.id).map(({ client, topic }) => `${client.name}(${topic})`).join(' · ') || desk.nobody
}

function skills({ skills: all }: Colleague): string {
  return Object.entries(all).sort(([, a], [, b]) => b - a).slice(0, 3).map(([topic, level]) => `${topic} ${level}`).join(' · ')
}
