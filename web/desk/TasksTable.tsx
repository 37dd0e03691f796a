import { Table } from 'antd'
import { type DeskState } from '../protocol/desk'
import { type Task } from '../protocol/clients'
import { clock, day, punctuated } from '../ui/format'
import { tasks as words } from '../ui/clients.zh'
import { desk } from '../ui/messages.zh'
import { useRead } from './ask'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'
import { TaskDone } from './TaskDone'

/** Work that warnings and clients' needs made for their own advisors, what is due first. */
export function TasksTable({ session, state, onOpen }: { session: DeskSession; state: DeskState; onOpen: (clientId: string) => void }) {
  const query = useRead<{ tasks: Task[] }>(session, '/api/desk/tasks')
  const name = (id: string) => state.colleagues.find((one) => one.id === id)?.name ?? desk.nobody
  // Fixed with what was read: a row does not turn red under the reader's eyes.
  const now = query.dataUpdatedAt + state.skew
  return (
    <section className="wall-part" aria-label={words.title} data-testid="tasks">
      <h2>{words.title}</h2>
      <p className="quiet-text">{words.lead}</p>
      <Loaded query={query}>
        {({ tasks }) => (
          <Table
            size="middle" pagination={{ pageSize: 20, hideOnSinglePage: true }} rowKey="key" scroll={{ x: 720 }} dataSource={tasks} locale={{ emptyText: words.none }}
            columns={[
              { title: words.columns.due, width: 150, render: (_, one: Task) => <span className={Date.parse(one.due_at) < now ? 'late num' : 'num'}>{`${day(one.due_at)} ${clock(one.due_at)}`}</span> },
              {
                title: words.columns.what,
                render: (_, one: Task) => (
                  <>
                    <button type="button" className="link" title={words.open} onClick={() => onOpen(one.client_id)}>{punctuated(one.title)}</button>
                    <p className="task-text">{punctuated(one.text)}</p>
                  </>
                ),
              },
              { title: words.columns.advisor, width: 90, render: (_, one: Task) => name(one.advisor_id) },
              { title: words.columns.act, width: 90, render: (_, one: Task) => <TaskDone session={session} taskKey={one.key} /> },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
