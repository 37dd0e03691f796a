import { ArrowLeftOutlined, CheckOutlined, SendOutlined } from '@ant-design/icons'
import { App, Button, Input, Popconfirm } from 'antd'
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import { Problem } from '../protocol/http'
import { grade, type PracticeLine, type PracticePoint, type PracticeRun, type ScoredPoint } from '../protocol/practice'
import { newId } from '../ui/browser'
import { clock, punctuated } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { practice } from '../ui/practice.zh'
import { setDraft, useDraft } from './drafts'
import { EmotionBadge } from './Marks'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  first: PracticeRun
  points: PracticePoint[]
  onBack: () => void
  onAgain: () => void
}

const TAGS = { client: practice.clientTag, ai: practice.ai, trainee: practice.you, system: '' }

export function PracticeTalk({ session, first, points, onBack, onAgain }: Props) {
  const { message } = App.useApp()
  const [run, setRun] = useState(first)
  const [busy, setBusy] = useState(false)
  const path = `/api/desk/practice/runs/${encodeURIComponent(run.id)}`
  const over = run.ended_at !== null

  const step = async (tail: string, body: object) => {
    setBusy(true)
    try {
      setRun((await session.ask<{ run: PracticeRun }>(`${path}/${tail}`, body)).run)
      return true
    } catch (error) {
      void message.error((error instanceof Problem && error.detail) || desk.failed)
      return false
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="practice-run" data-testid="practice-run">
      <aside className="practice-side" aria-label={practice.brief}>
        <Button type="text" size="small" icon={<ArrowLeftOutlined />} onClick={onBack}>{practice.back}</Button>
        <h3>{practice.brief}</h3>
        <h2>{practice.client(run.client.name ?? '', run.client.age)}</h2>
        <dl>
          {run.brief.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {run.actions.length > 0 && <h3>{practice.actions}</h3>}
        <div className="practice-actions">
          {run.actions.map(({ id, words }) => {
            const done = run.done.includes(id)
            return (
              <Button key={id} disabled={done || over || busy} icon={done ? <CheckOutlined /> : undefined} onClick={() => void step('actions', { action: id })}>
                {done ? `${practice.done} ${words}` : words}
              </Button>
            )
          })}
        </div>
      </aside>
      <main className="pane pane-talk" aria-label={practice.talk}>
        <header className="talk-head">
          <div className="talk-who"><h2>{run.title}</h2></div>
          <div className="controls">
            {over ? (
              <Button type="primary" onClick={onAgain}>{practice.again}</Button>
            ) : (
              <Popconfirm title={practice.finishAsk} okText={practice.finish} cancelText={desk.cancel} onConfirm={() => step('finish', {})}>
                <Button type={run.client_gone ? 'primary' : 'default'} loading={busy}>{practice.finish}</Button>
              </Popconfirm>
            )}
          </div>
        </header>
        <Lines lines={run.lines} />
        {over || run.client_gone ? (
          <footer className="shut practice-shut">{over ? practice.over : practice.gone}</footer>
        ) : (
          <Answer id={run.id} busy={busy} onSend={(id, text) => step('replies', { id, text })} />
        )}
      </main>
      <aside className="practice-side" aria-label={practice.result} aria-live="polite">
        {run.result ? <Verdict run={run} /> : <Criteria points={points} />}
      </aside>
    </div>
  )
}

function Lines({ lines }: { lines: PracticeLine[] }) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines.length])
  return (
    <div className="talk-scroll" ref={box} tabIndex={0} role="log" aria-label={practice.talk}>
      <ol className="lines">
        {lines.map((line, index) =>
          line.who === 'system' ? (
            <li key={index} className="line line-system"><p>{line.text}</p></li>
          ) : (
            <li key={index} className={`line line-${line.who}${line.who === 'client' ? '' : ' line-own'}`} data-testid="practice-line" data-who={line.who}>
              <div className="who">
                <span className={`tag tag-${line.who}`}>{TAGS[line.who]}</span>
                <time dateTime={line.at}>{clock(line.at)}</time>
                {line.emotion && <EmotionBadge emotion={line.emotion} strength={line.strength} />}
              </div>
              <div className="bubble">{line.text}</div>
            </li>
          ),
        )}
      </ol>
    </div>
  )
}

function Answer({ id, busy, onSend }: { id: string; busy: boolean; onSend: (id: string, text: string) => Promise<boolean> }) {
  const key = `practice-${id}`
  const draft = useDraft(key)
  const send = async () => {
    const text = draft.trim()
    if (text && !busy && (await onSend(newId(), text))) setDraft(key, '')
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return
    event.preventDefault()
    void send()
  }
  return (
    <footer className="reply">
      <div className="reply-box">
        <Input.TextArea
          id="draft"
          variant="borderless"
          autoFocus
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={2000}
          value={draft}
          aria-label={practice.draft}
          placeholder={practice.draftHint}
          onChange={(event) => setDraft(key, event.target.value)}
          onKeyDown={onKey}
        />
        <Button type="primary" icon={<SendOutlined />} loading={busy} disabled={!draft.trim()} onClick={() => void send()}>{practice.send}</Button>
      </div>
    </footer>
  )
}

function Criteria({ points }: { points: PracticePoint[] }) {
  return (
    <>
      <h3>{practice.criteria}</h3>
      {points.map(({ id, words, weight, about }) => (
        <section key={id} className="practice-point">
          <h4>{words}<span className="num">{practice.score(weight)}</span></h4>
          <p>{about}</p>
        </section>
      ))}
    </>
  )
}

function Verdict({ run }: { run: PracticeRun }) {
  const { result, model } = run
  if (!result) return null
  return (
    <>
      <h3>{practice.result}</h3>
      <p className={`practice-score ${result.passed ? 'practice-passed' : 'practice-failed'}`} data-testid="practice-score">
        <b className="num">{result.score}</b>
        <span>{result.passed ? practice.passed : practice.failed}</span>
      </p>
      <p className="practice-verdict">{punctuated(result.verdict)}</p>
      {result.points.map((one) => <Point key={one.id} one={one} />)}
      {model.length > 0 && <h3>{practice.model}</h3>}
      <ol className="practice-model">{model.map((text) => <li key={text}>{text}</li>)}</ol>
    </>
  )
}

function Point({ one }: { one: ScoredPoint }) {
  const { words, weight, got, share, why, quotes } = one
  const mark = grade(share)
  return (
    <section className={`practice-point practice-${mark}`} data-testid="practice-point" data-grade={mark}>
      <h4>
        <i className="practice-mark" role="img" aria-label={practice.grades[mark]} />
        {words}
        <span className="num">{practice.points(got, weight)}</span>
      </h4>
      <p>{punctuated(why)}</p>
      {quotes.length > 0 && <small>{practice.quotes(quotes)}</small>}
    </section>
  )
}
