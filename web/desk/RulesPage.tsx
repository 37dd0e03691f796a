import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Spin, Table } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Preview, type Replayed, type Weights } from '../protocol/together'
import { clock, day } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { rules } from '../ui/together.zh'
import { LevelTag } from './Marks'
import { type DeskSession } from './session'

/** The weights of priority: edited, tried out on today's decisions, put in force. */
export function RulesPage({ session }: { session: DeskSession }) {
  const query = useQuery({ queryKey: ['rules'], queryFn: () => session.read<Weights>('/api/desk/rules'), staleTime: 0 })
  if (!query.data) return <Spin className="middle" />
  return <Editor key={query.data.version} session={session} weights={query.data} />
}

function Editor({ session, weights }: { session: DeskSession; weights: Weights }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const [text, setText] = useState(weights.text)
  const [shown, setShown] = useState<Preview | null>(null)
  const [busy, setBusy] = useState(false)
  const attempt = async (action: () => Promise<void>) => {
    setBusy(true)
    try {
      await action()
    } catch (error) {
      void message.error((error instanceof Problem && error.detail) || desk.failed)
    } finally {
      setBusy(false)
    }
  }
  const preview = () => attempt(async () => setShown(await session.ask<Preview>('/api/desk/rules/preview', { text })))
  const save = () =>
    attempt(async () => {
      const checked = await session.ask<Preview>('/api/desk/rules/preview', { text })
      setShown(checked)
      if (checked.errors.length > 0) return
      await session.ask('/api/desk/rules', { text, version: weights.version })
      void message.success(rules.saved)
      await client.invalidateQueries({ queryKey: ['rules'] })
    })
  const change = (value: string) => {
    setText(value)
    setShown(null)
  }
  return (
    <main className="wall rules" data-testid="rules" tabIndex={0}>
      <section className="rules-text" aria-label={rules.title}>
        <h2>{rules.title} <small>{rules.version(weights.version)}</small></h2>
        <p className="quiet-text">{rules.lead}</p>
        <Input.TextArea className="code" aria-label={rules.text} value={text} spellCheck={false} wrap="off" onChange={(event) => change(event.target.value)} />
        {shown && shown.errors.length > 0 && (
          <Alert type="error" showIcon role="alert" title={rules.errors} description={shown.errors.map(({ line, words }) => <div key={line}>{rules.line(line, words)}</div>)} />
        )}
        <div className="toolbar">
          <Button loading={busy} onClick={() => void preview()}>{rules.preview}</Button>
          <Button type="primary" loading={busy} disabled={text === weights.text} onClick={() => void save()}>{rules.save}</Button>
          <Button type="text" disabled={text === weights.text} onClick={() => change(weights.text)}>{rules.reset}</Button>
        </div>
        {weights.versions.length > 0 && (
          <details>
            <summary>{rules.versions}</summary>
            <ul>
              {weights.versions.map(({ version, at, author }) => <li key={version} className="num">{`${day(at)} ${clock(at)} ${version} ${author || rules.first}`}</li>)}
            </ul>
          </details>
        )}
      </section>
      <section className="rules-preview" aria-label={rules.previewTitle} data-testid="preview">
        <h2>{rules.previewTitle}</h2>
        <p className="quiet-text">{rules.previewLead}</p>
        {shown && shown.errors.length === 0 && <Replay rows={shown.rows} />}
      </section>
    </main>
  )
}

function Replay({ rows }: { rows: Replayed[] }) {
  return (
    <Table
      size="small"
      pagination={false}
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
