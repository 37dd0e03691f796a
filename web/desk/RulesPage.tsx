import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Segmented } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Preview, type Rematched, type Replayed, type RuleFile, type Weights } from '../protocol/together'
import { clock, day } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { rules as weightWords } from '../ui/together.zh'
import { matching } from '../ui/wall.zh'
import { ruleTabs } from '../ui/lists.zh'
import { IndicatorsPage } from './IndicatorsPage'
import { Loaded } from './Loaded'
import { Rematch, Replay } from './Replay'
import { SourcesPage } from './SourcesPage'
import { TagRulesPage } from './TagRulesPage'
import { type DeskSession } from './session'

type Rows = (Replayed | Rematched)[]

type Part = keyof typeof ruleTabs.parts
const PARTS = Object.keys(ruleTabs.parts) as Part[]

/** All that a supervisor may change or must watch: weights, matching, warning signs, tags, the systems behind them. */
export function RulesPage({ session }: { session: DeskSession }) {
  const [part, setPart] = useState<Part>('priority')
  return (
    <main className="wall" data-testid="rules" tabIndex={0}>
      <Segmented<Part> aria-label={ruleTabs.which} value={part} onChange={setPart} options={PARTS.map((value) => ({ value, label: ruleTabs.parts[value] }))} />
      {(part === 'priority' || part === 'matching') && <File session={session} file={part} />}
      {part === 'indicators' && <IndicatorsPage session={session} />}
      {part === 'tags' && <TagRulesPage session={session} />}
      {part === 'sources' && <SourcesPage session={session} />}
    </main>
  )
}

function File({ session, file }: { session: DeskSession; file: RuleFile }) {
  const query = useQuery({ queryKey: ['rules', file], queryFn: () => session.read<Weights>(`/api/desk/rules?file=${file}`), staleTime: 0 })
  return query.data ? <Editor key={file + query.data.version} session={session} file={file} weights={query.data} /> : <Loaded query={query} rows={10}>{() => null}</Loaded>
}

function Editor({ session, file, weights }: { session: DeskSession; file: RuleFile; weights: Weights }) {
  const rules = file === 'matching' ? { ...weightWords, ...matching } : weightWords
  const { message } = App.useApp()
  const client = useQueryClient()
  const [text, setText] = useState(weights.text)
  const [shown, setShown] = useState<Preview<Replayed | Rematched> | null>(null)
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
  const preview = () => attempt(async () => setShown(await session.ask<Preview<Replayed | Rematched>>('/api/desk/rules/preview', { text, file })))
  const save = () =>
    attempt(async () => {
      const checked = await session.ask<Preview<Replayed | Rematched>>('/api/desk/rules/preview', { text, file })
      setShown(checked)
      if (checked.errors.length > 0) return
      await session.ask('/api/desk/rules', { text, file, version: weights.version })
      void message.success(rules.saved)
      await client.invalidateQueries({ queryKey: ['rules'] })
    })
  const change = (value: string) => {
    setText(value)
    setShown(null)
  }
  return (
    <div className="rules">
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
        {shown && shown.errors.length === 0 && <Shown file={file} rows={shown.rows} />}
      </section>
    </div>
  )
}

function Shown({ file, rows }: { file: RuleFile; rows: Rows }) {
  return file === 'matching' ? <Rematch rows={rows as Rematched[]} /> : <Replay rows={rows as Replayed[]} />
}
