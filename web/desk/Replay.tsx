import { Table } from 'antd'
import { type Rematched, type Replayed } from '../protocol/together'
import { clock, length } from '../ui/format'
import { rules } from '../ui/together.zh'
import { matching } from '../ui/wall.zh'
import { LevelTag } from './Marks'

const { columns } = matching

/** Today's queue under other weights. */
export function Replay({ rows }: { rows: Replayed[] }) {
  return (
    <Table
      size="small"
      pagination={{ pageSize: 50, hideOnSinglePage: true }}
      rowKey="handoff_id"
      dataSource={rows}
      locale={{ emptyText: rules.noRows }}
      columns={[
        { title: rules.columns.place, render: (_, row: Replayed) => <Place row={row} /> },
        { title: rules.columns.client, render: (_, row: Replayed) => <><b>{row.client_name}</b> <small>{clock(row.at)}</small></> },
        { title: rules.columns.topic, render: (_, row: Replayed) => row.topic },
        { title: rules.columns.before, render: (_, row: Replayed) => <LevelTag level={row.before.level} priority={row.before.points} /> },
        { title: rules.columns.after, render: (_, row: Replayed) => <LevelTag level={row.after.level} priority={row.after.points} /> },
        { title: rules.columns.why, render: (_, row: Replayed) => <small>{row.after.explanation}</small> },
      ]}
    />
  )
}

function Place({ row: { before, after } }: { row: Replayed }) {
  const moved = after.place < before.place ? 'up' : after.place > before.place ? 'down' : 'same'
  return <span className={`place place-${moved} num`}>{`${rules.place(after.place)} ${moved === 'same' ? '' : rules.moved[moved] + Math.abs(after.place - before.place)}`}</span>
}

/** Today's cases under other matching rules: who would have had them, after how long. */
export function Rematch({ rows }: { rows: Rematched[] }) {
  const changed = rows.filter((row) => row.changed).length
  return (
    <>
      <p data-testid="rematched">{matching.changed(changed, rows.length)}</p>
      <Table
        size="small"
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        rowKey={(row) => row.handoff_id + row.at}
        dataSource={[...rows].sort((a, b) => Number(b.changed) - Number(a.changed))}
        locale={{ emptyText: rules.noRows }}
        columns={[
          { title: columns.client, render: (_, row: Rematched) => <><b>{row.client_name}</b> <small>{clock(row.at)}</small></> },
          { title: columns.topic, render: (_, row: Rematched) => row.topic },
          { title: columns.before, render: (_, { before }: Rematched) => given(before) },
          { title: columns.after, render: (_, { after, changed: moved }: Rematched) => (moved ? <b>{given(after)}</b> : matching.same) },
          { title: columns.why, render: (_, { after, changed: moved }: Rematched) => moved && <small>{after.because.join(' · ')}</small> },
        ]}
      />
    </>
  )
}

function given({ advisor, waited_seconds: waited }: Rematched['before']): string {
  return advisor ? `${advisor.name} ${waited === null ? '' : length(waited)}` : matching.nobody
}
