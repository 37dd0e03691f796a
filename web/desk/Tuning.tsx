import { useQueryClient } from '@tanstack/react-query'
import { App, Button, InputNumber } from 'antd'
import { useState } from 'react'
import { type AlertLevel } from '../protocol/profile'
import { type Counts, type Levels, LEVELS, type Tried, type Tuning, typedLevels } from '../protocol/lists'
import { clock, day, figure } from '../ui/format'
import { indicators as words, lists } from '../ui/lists.zh'
import { useAttempt, useRead } from './ask'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'
import { TuningCurve } from './TuningCurve'

const LEAST_JUDGED = 10
const address = (name: string, part: string) => `/api/desk/indicators/${encodeURIComponent(name)}/${part}`
const told = (levels: Levels) => LEVELS.filter((level) => levels[level] !== undefined).map((level) => `${words.level[level]} ${figure(levels[level] ?? 0, 4)}`).join('，')

/** The thresholds of one warning sign: what they did, what others would have done, and since when they hold. */
export function TuningPane({ session, name }: { session: DeskSession; name: string }) {
  const query = useRead<Tuning>(session, address(name, 'tuning'))
  return <Loaded query={query} rows={8}>{(tuning) => <Editor key={JSON.stringify(tuning.thresholds)} session={session} tuning={tuning} />}</Loaded>
}

function Editor({ session, tuning }: { session: DeskSession; tuning: Tuning }) {
  const { message, modal } = App.useApp()
  const client = useQueryClient()
  const { attempt, busy } = useAttempt()
  const has = LEVELS.filter((level) => tuning.thresholds[level] !== undefined)
  const first = (levels: Levels) => Object.fromEntries(has.map((level) => [level, String(levels[level])])) as Partial<Record<AlertLevel, string>>
  const [typed, setTyped] = useState(() => first(tuning.thresholds))
  const [tried, setTried] = useState<Tried | null>(null)
  const levels = typedLevels(typed, tuning.thresholds)
  const same = levels !== null && has.every((level) => levels[level] === tuning.thresholds[level])
  const change = (next: Partial<Record<AlertLevel, string>>) => {
    setTyped(next)
    setTried(null)
  }
  const preview = () => attempt(async () => setTried(await session.ask<Tried>(address(tuning.indicator, 'preview'), { levels: levels ?? {} })))
  const set = () =>
    attempt(async () => {
      await session.ask(address(tuning.indicator, 'thresholds'), { levels: levels ?? {} })
      void message.success(words.saved)
      await client.invalidateQueries({ queryKey: ['read'] })
    })
  const save = () => void modal.confirm({ title: words.setAsk, content: levels && told(levels), okText: words.set, cancelText: lists.cancel, onOk: () => set().then(() => undefined) })
  const lowest = has[0]
  return (
    <section className="tuning" aria-label={tuning.title} data-testid="tuning">
      <h2>{tuning.title}</h2>
      <p className="quiet-text">{words.raised(tuning.raised, tuning.judged)}</p>
      <div className="thresholds">
        {has.map((level) => (
          <label key={level}>
            {words.threshold(words.level[level])}
            <InputNumber<string> stringMode min="0" step="0.01" value={typed[level] ?? null} onChange={(value) => change({ ...typed, [level]: value ?? '' })} />
          </label>
        ))}
      </div>
      {levels === null && <p className="late" role="alert">{words.wrong}</p>}
      <div className="toolbar">
        <Button type="primary" loading={busy} disabled={levels === null || same} onClick={() => void preview()}>{words.preview}</Button>
        <Button loading={busy} disabled={levels === null || same || tried === null} onClick={save}>{words.set}</Button>
        <Button type="text" disabled={same} onClick={() => change(first(tuning.thresholds))}>{words.reset}</Button>
        <Button type="text" onClick={() => change(first(tuning.file))}>{words.fromFile}</Button>
        {tuning.suggested !== null && lowest && (
          <Button type="text" onClick={() => change({ ...typed, [lowest]: String(tuning.suggested) })}>{words.useSuggested(figure(tuning.suggested, 4))}</Button>
        )}
      </div>
      {tried && <Compared tried={tried} has={has} />}
      <h3>{words.curve}</h3>
      {tuning.curve.length === 0 ? <p className="quiet-text">{words.noCurve}</p> : (
        <>
          <TuningCurve curve={tuning.curve} at={lowest ? tuning.thresholds[lowest] : undefined} label={tuning.title} />
          <p className="quiet-text">{words.curveLead}</p>
          {tuning.judged < LEAST_JUDGED && <p className="quiet-text">{words.few(tuning.judged)}</p>}
        </>
      )}
      {tuning.history.length > 0 && (
        <details open>
          <summary>{words.history}</summary>
          <ul>{tuning.history.map((one) => <li key={one.at} className="num">{`${day(one.at)} ${clock(one.at)} ${one.by} `}{words.changed(told(one.before), told(one.levels))}</li>)}</ul>
        </details>
      )}
    </section>
  )
}

/** The same history under both sets of thresholds. */
function Compared({ tried, has }: { tried: Tried; has: AlertLevel[] }) {
  const columns: (keyof Counts)[] = ['none', ...has]
  const name = (column: keyof Counts) => (column === 'none' ? words.none : words.level[column])
  return (
    <table className="compared" data-testid="tried">
      <caption>{words.previewLead}</caption>
      <thead><tr><th />{columns.map((one) => <th key={one} scope="col">{name(one)}</th>)}</tr></thead>
      <tbody>
        {(['before', 'after'] as const).map((side) => (
          <tr key={side}>
            <th scope="row">{words[side]}</th>
            {columns.map((one) => <td key={one} className={side === 'after' && tried.after[one] !== tried.before[one] ? 'num changed' : 'num'}>{tried[side][one]}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
