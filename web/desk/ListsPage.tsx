import { useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Table } from 'antd'
import { useState } from 'react'
import { type DeskState } from '../protocol/desk'
import { type Export } from '../protocol/lists'
import { SUPERVISOR } from '../protocol/words'
import { lists as words } from '../ui/lists.zh'
import { detailOf, useAttempt, useRead } from './ask'
import './clients.css'
import { exportColumns, Steps, useFetchList } from './Exports'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

interface Props { session: DeskSession; state: DeskState }

const LEAST_PURPOSE = 4

/** Whom a set of conditions finds, and lists of them: with a purpose, approved by somebody else, handed out once. */
export function ListsPage({ session, state }: Props) {
  const supervises = state.me?.role === SUPERVISOR
  return (
    <main className="wall" data-testid="lists" tabIndex={0}>
      <Finder session={session} supervises={supervises} />
      {supervises && <Approvals session={session} state={state} />}
      <Mine session={session} state={state} />
    </main>
  )
}

function Finder({ session, supervises }: { session: DeskSession; supervises: boolean }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const { attempt, busy } = useAttempt()
  const [query, setQuery] = useState('')
  const [purpose, setPurpose] = useState('')
  const [wrong, setWrong] = useState('')
  const [found, setFound] = useState<{ query: string; count: number; ms: number } | null>(null)
  const change = (value: string) => {
    setQuery(value)
    setFound(null)
    setWrong('')
  }
  const count = async (asked: string) => {
    if (!asked.trim()) return
    setWrong('')
    try {
      setFound(await session.ask('/api/desk/targets/count', { query: asked }))
    } catch (error) {
      setWrong(detailOf(error))
    }
  }
  const ask = () =>
    attempt(async () => {
      await session.ask('/api/desk/exports', { query, purpose: purpose.trim() })
      void message.success(words.asked)
      setPurpose('')
      setFound(null)
      await client.invalidateQueries({ queryKey: ['read'] })
    })
  return (
    <section className="finder" aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className="quiet-text">{words.lead}</p>
      <div className="finder-line">
        <Input
          size="large" aria-label={words.query} placeholder={words.placeholder} value={query} maxLength={400} autoFocus
          onChange={(event) => change(event.target.value)} onPressEnter={() => void count(query)}
        />
        <Button size="large" type={found ? 'default' : 'primary'} disabled={!query.trim()} onClick={() => void count(query)}>{words.count}</Button>
      </div>
      <p className="examples">
        <span className="quiet-text">{words.exampleLabel}</span>
        {words.examples.map((one) => (
          <button key={one} type="button" className="example" onClick={() => { change(one); void count(one) }}>{one}</button>
        ))}
      </p>
      {!found && !wrong && <p className="quiet-text">{words.words}</p>}
      {wrong && <Alert type="warning" showIcon role="alert" title={wrong} />}
      {found && (
        <div className="found" data-testid="found" role="status">
          <p><b className="num">{words.found(found.count)}</b> <span className="quiet-text">{[words.took(found.ms), !supervises && words.ownOnly].filter(Boolean).join(' · ')}</span></p>
          {found.count > 0 && (
            <div className="finder-line">
              <Input aria-label={words.purpose} prefix={words.purpose} placeholder={words.purposeHint} maxLength={200} value={purpose} onChange={(event) => setPurpose(event.target.value)} />
              <Button type="primary" loading={busy} disabled={purpose.trim().length < LEAST_PURPOSE} title={words.purposeShort} onClick={() => void ask()}>{words.ask}</Button>
            </div>
          )}
        </div>
      )}
    </section>
  )
}

/** What others ask for; nobody approves what he asked for himself. */
function Approvals({ session, state }: Props) {
  const { modal } = App.useApp()
  const client = useQueryClient()
  const { attempt, busy } = useAttempt()
  const query = useRead<{ exports: Export[] }>(session, '/api/desk/exports')
  const decide = (one: Export, verb: 'approve' | 'refuse') =>
    attempt(async () => {
      await session.ask(`/api/desk/exports/${encodeURIComponent(one.id)}/${verb}`, {})
      await client.invalidateQueries({ queryKey: ['read'] })
    })
  const approve = (one: Export) =>
    modal.confirm({ title: words.approveAsk(one.count), content: one.purpose, okText: words.approve, cancelText: words.cancel, onOk: () => decide(one, 'approve').then(() => undefined) })
  const act = (one: Export) =>
    one.state !== 'asked' ? <Steps one={one} /> : one.asked_by === state.me?.id ? (
      <span className="quiet-text">{words.own}</span>
    ) : (
      <span className="acts">
        <Button size="small" type="primary" disabled={busy} onClick={() => approve(one)}>{words.approve}</Button>{' '}
        <Button size="small" disabled={busy} onClick={() => void decide(one, 'refuse')}>{words.refuse}</Button>
      </span>
    )
  return (
    <section className="wall-part" aria-label={words.toApprove} data-testid="approvals">
      <h2>{words.toApprove}</h2>
      <Loaded query={query}>
        {({ exports }) => {
          const rows = exports.filter((one) => one.state === 'asked')
          return <Table size="small" pagination={false} rowKey="id" scroll={{ x: true }} dataSource={rows} locale={{ emptyText: words.noneAll }} columns={exportColumns(state, act)} />
        }}
      </Loaded>
    </section>
  )
}

function Mine({ session, state }: Props) {
  const query = useRead<{ exports: Export[] }>(session, '/api/desk/exports/mine')
  const { ask, busy } = useFetchList(session)
  const act = (one: Export) =>
    one.state === 'approved' ? <Button size="small" type="primary" disabled={busy} onClick={() => ask(one)}>{words.fetch}</Button> : <Steps one={one} />
  return (
    <section className="wall-part" aria-label={words.mine} data-testid="my-exports">
      <h2>{words.mine}</h2>
      <Loaded query={query}>
        {({ exports }) => <Table size="small" pagination={false} rowKey="id" scroll={{ x: true }} dataSource={exports} locale={{ emptyText: words.noneMine }} columns={exportColumns(state, act)} />}
      </Loaded>
    </section>
  )
}
