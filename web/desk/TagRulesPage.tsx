import { Alert, Button, Checkbox, Input, Table } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type DryRun, type TagRules } from '../protocol/lists'
import { desk } from '../ui/messages.zh'
import { tagRules as words } from '../ui/lists.zh'
import { download, useRead } from './ask'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

type Row = DryRun['tags'][number]

/** The rules of the tags, and what a change would make of the clients' talk so far. Nothing is written. */
export function TagRulesPage({ session }: { session: DeskSession }) {
  const query = useRead<TagRules>(session, '/api/desk/tags')
  return <Loaded query={query} rows={10}>{(rules) => <Editor session={session} rules={rules} />}</Loaded>
}

function Editor({ session, rules }: { session: DeskSession; rules: TagRules }) {
  const [text, setText] = useState(rules.text)
  const [ran, setRan] = useState<DryRun | null>(null)
  const [broken, setBroken] = useState('')
  const [busy, setBusy] = useState(false)
  const [only, setOnly] = useState(true)
  const change = (value: string) => {
    setText(value)
    setRan(null)
    setBroken('')
  }
  const run = async () => {
    setBusy(true)
    setBroken('')
    try {
      setRan(await session.ask<DryRun>('/api/desk/tags/dry-run', { text }))
    } catch (error) {
      setBroken((error instanceof Problem && error.detail) || desk.failed)
    } finally {
      setBusy(false)
    }
  }
  const changed = ran?.tags.filter((one) => one.before !== one.after) ?? []
  return (
    <div className="rules" data-testid="tag-rules">
      <section className="rules-text" aria-label={words.title}>
        <h2>{words.title}</h2>
        <p className="quiet-text">{words.lead}</p>
        <Input.TextArea className="code" aria-label={words.text} value={text} spellCheck={false} wrap="off" onChange={(event) => change(event.target.value)} />
        {broken && <Alert type="error" showIcon role="alert" title={words.broken} description={broken} />}
        <div className="toolbar">
          <Button type="primary" loading={busy} onClick={() => void run()}>{words.run}</Button>
          <Button type="text" disabled={text === rules.text} onClick={() => change(rules.text)}>{words.reset}</Button>
          <Button type="text" disabled={text === rules.text || ran === null} onClick={() => download('tags.yml', text)}>{words.download}</Button>
        </div>
      </section>
      <section className="rules-preview" aria-label={words.run}>
        {!ran ? <p className="quiet-text">{words.ask}</p> : (
          <>
            <h2>{words.changed(changed.length)}</h2>
            <p className="quiet-text">{words.ran(ran.clients)}</p>
            <Checkbox checked={only} onChange={(event) => setOnly(event.target.checked)}>{words.onlyChanged}</Checkbox>
            <Table
              size="small" pagination={false} rowKey="tag" dataSource={only ? changed : ran.tags} locale={{ emptyText: words.changed(0) }}
              columns={[
                { title: words.columns.tag, render: (_, one: Row) => <b>{one.tag}</b> },
                { title: words.columns.before, align: 'right', render: (_, one: Row) => <span className="num">{one.before}</span> },
                { title: words.columns.after, align: 'right', render: (_, one: Row) => <span className="num">{one.after}</span> },
                { title: words.columns.change, align: 'right', render: (_, one: Row) => <span className="num">{one.after === one.before ? '' : `${one.after > one.before ? '+' : ''}${one.after - one.before}`}</span> },
              ]}
            />
          </>
        )}
      </section>
    </div>
  )
}
