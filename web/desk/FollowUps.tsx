import { Button, Table } from 'antd'
import { type DeskState } from '../protocol/desk'
import { type FollowUp } from '../protocol/together'
import { clock, day } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { followUps } from '../ui/together.zh'
import { type DeskSession } from './session'
import { TasksTable } from './TasksTable'
import { usePost } from './together'

const { columns } = followUps

/** What clients left when nobody was free: messages, call-backs, appointments; the due ones first. */
export function FollowUps({ session, state, onClient }: { session: DeskSession; state: DeskState; onClient: (clientId: string) => void }) {
  const { post, busy } = usePost(session)
  const name = (id: string | null) => state.colleagues.find((one) => one.id === id)?.name ?? desk.nobody
  const rows = [...state.followUps].sort((a, b) => (a.due_at ?? a.created_at).localeCompare(b.due_at ?? b.created_at))
  return (
    <main className="wall" data-testid="follow-ups" tabIndex={0}>
      <h2>{followUps.title}</h2>
      <p className="quiet-text">{followUps.lead}</p>
      <Table
        size="middle"
        pagination={false}
        rowKey="id"
        scroll={{ x: true }}
        dataSource={rows}
        locale={{ emptyText: followUps.empty }}
        columns={[
          { title: columns.kind, render: (_, one: FollowUp) => <span className={`kind kind-${one.kind}`}>{followUps.kind[one.kind]}</span> },
          { title: columns.client, render: (_, one: FollowUp) => <b>{one.client_name || one.client_id}</b> },
          { title: columns.topic, render: (_, one: FollowUp) => one.topic },
          { title: columns.text, render: (_, one: FollowUp) => one.text || followUps.nothingSaid },
          { title: columns.due, render: (_, one: FollowUp) => <span className="num">{one.due_at ? at(one.due_at) : followUps.soon}</span> },
          { title: columns.created, render: (_, one: FollowUp) => <span className="num">{at(one.created_at)}</span> },
          { title: columns.advisor, render: (_, one: FollowUp) => name(one.advisor_id) },
          {
            title: columns.act,
            render: (_, one: FollowUp) => (
              <Button size="small" disabled={busy} onClick={() => void post(`/api/desk/follow-ups/${encodeURIComponent(one.id)}/done`)}>{followUps.done}</Button>
            ),
          },
        ]}
      />
      <TasksTable session={session} state={state} onOpen={onClient} />
    </main>
  )
}

const at = (time: string) => `${day(time)} ${clock(time)}`
