import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Result, Spin, Table } from 'antd'
import { useState } from 'react'
import { best, type PracticeCase, type PracticeRow, type PracticeRun } from '../protocol/practice'
import { clock, day } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { practice } from '../ui/practice.zh'
import './practice.css'
import { PracticeTalk } from './PracticeTalk'
import { type DeskSession } from './session'

const PATH = '/api/desk/practice'
const { columns } = practice

/** Cases to practise with, and what has been practised; supervisors and trainers see everybody's runs. */
export function PracticePage({ session, myId }: { session: DeskSession; myId: string | undefined }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [run, setRun] = useState<PracticeRun | null>(null)
  const cases = useQuery({ queryKey: ['practice', 'cases'], queryFn: () => session.read<{ cases: PracticeCase[] }>(`${PATH}/cases`) })
  const rows = useQuery({ queryKey: ['practice', 'runs'], queryFn: () => session.read<{ runs: PracticeRow[] }>(`${PATH}/runs`), staleTime: 0 })
  if (cases.isError) return <Result className="middle" status="warning" title={practice.failedLoad} extra={<Button onClick={() => void cases.refetch()}>{desk.again}</Button>} />
  if (!cases.data) return <Spin className="middle" />

  const show = (found: Promise<{ run: PracticeRun }>) => void found.then(({ run: shown }) => setRun(shown)).catch(() => message.error(practice.failedLoad))
  const begin = (id: string) => show(session.ask(`${PATH}/runs`, { case_id: id }))
  const leave = () => {
    setRun(null)
    void queries.invalidateQueries({ queryKey: ['practice', 'runs'] })
  }
  if (run) {
    const points = cases.data.cases.find(({ id }) => id === run.case_id)?.points ?? []
    return <PracticeTalk key={run.id} session={session} first={run} points={points} onBack={leave} onAgain={() => begin(run.case_id)} />
  }
  const runs = rows.data?.runs ?? []
  const mine = best(runs.filter(({ staff }) => staff.id === myId))
  const everybody = runs.some(({ staff }) => staff.id !== myId)
  return (
    <main className="wall" data-testid="practice" tabIndex={0}>
      <h2>{practice.title}</h2>
      <p className="quiet-text">{practice.lead}</p>
      <ul className="practice-cases">
        {cases.data.cases.map((one) => <CaseCard key={one.id} one={one} score={mine.get(one.id)} onStart={() => begin(one.id)} />)}
      </ul>
      <h2>{everybody ? practice.recordsOfAll : practice.records}</h2>
      <Table
        size="middle"
        rowKey="id"
        pagination={{ pageSize: 20, hideOnSinglePage: true }}
        dataSource={runs}
        locale={{ emptyText: practice.noRecords }}
        columns={[
          { title: columns.person, render: (_, row: PracticeRow) => <b>{row.staff.name}</b> },
          { title: columns.case, render: (_, row: PracticeRow) => row.title },
          { title: columns.at, render: (_, row: PracticeRow) => <span className="num">{`${day(row.started_at)} ${clock(row.started_at)}`}</span> },
          { title: columns.score, render: (_, row: PracticeRow) => <Score row={row} /> },
          { title: columns.verdict, render: (_, row: PracticeRow) => <small>{row.verdict}</small> },
          {
            title: columns.act,
            render: (_, row: PracticeRow) => (
              <Button size="small" type="link" onClick={() => show(session.read(`${PATH}/runs/${encodeURIComponent(row.id)}`))}>
                {row.ended_at === null && row.staff.id === myId ? practice.resume : practice.open}
              </Button>
            ),
          },
        ]}
      />
    </main>
  )
}

function CaseCard({ one, score, onStart }: { one: PracticeCase; score: number | undefined; onStart: () => void }) {
  const { title, about, level, client, elderly } = one
  return (
    <li className="practice-case" data-testid="practice-case" data-id={one.id}>
      <h3>{title}</h3>
      <span className="practice-marks">
        <b>{level}</b>
        {elderly && <b className="practice-elderly">{practice.elderly}</b>}
        {practice.client(client.name ?? '', client.age)}
      </span>
      <p>{about}</p>
      <footer>
        <span className="quiet-text num">{score === undefined ? practice.never : practice.best(score)}</span>
        <Button type="primary" aria-label={`${practice.start} ${title}`} onClick={onStart}>{practice.start}</Button>
      </footer>
    </li>
  )
}

function Score({ row }: { row: PracticeRow }) {
  if (row.score === null) return <span className="quiet-text">{practice.unfinished}</span>
  return <span className={row.passed ? 'num practice-passed' : 'num practice-failed'}><b>{row.score}</b> <small>{row.passed ? practice.passed : practice.failed}</small></span>
}
