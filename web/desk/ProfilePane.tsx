import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Result, Skeleton } from 'antd'
import { Problem } from '../protocol/http'
import { type Alert, byGroup, type MoodDay, type Profile, type Tag, trendBars } from '../protocol/profile'
import { day, punctuated } from '../ui/format'
import { clients } from '../ui/clients.zh'
import { profile as words } from '../ui/profile.zh'
import { useAttempt } from './ask'
import { Section } from './BriefPane'
import './profile.css'
import { type DeskSession } from './session'
import { useUndo } from './undo'

const WIDTH = 300
const HEIGHT = 56
const MOST_FUNDS = 5
const yuan = (value: string) => words.yuan(Number(value).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 }))
const percent = (share: number) => Math.round(share * 100)
const address = (clientId: string) => `/api/desk/clients/${encodeURIComponent(clientId)}`

/** The client as a whole: warnings with their advice, tags with their reasons, the mood over time. */
export function ProfilePane({ session, clientId, onWhole }: { session: DeskSession; clientId: string; onWhole?: () => void }) {
  const key = ['profile', clientId]
  const query = useQuery({ queryKey: key, queryFn: () => session.read<Profile>(`${address(clientId)}/profile`), staleTime: 10_000 })
  const client = useQueryClient()
  if (query.isError) {
    const detail = query.error instanceof Problem ? query.error.detail : ''
    return <Result status="warning" title={detail || words.failed} extra={<Button onClick={() => void query.refetch()}>{words.again}</Button>} />
  }
  if (!query.data) return <Skeleton active className="brief" paragraph={{ rows: 8 }} aria-label={words.loading} />
  const { assets, alerts, tags, trend, events, topics, past_alerts: past } = query.data
  return (
    <div className="brief profile" data-testid="profile">
      {onWhole && <Button block onClick={onWhole} title="c">{clients.whole}</Button>}
      <Section title={words.alerts}>
        {alerts.length === 0 && <p className="quiet-text">{words.noAlerts}</p>}
        {alerts.map((alert) => (
          <AlertCard key={alert.id} session={session} clientId={clientId} alert={alert} onJudged={() => void client.invalidateQueries({ predicate: ({ queryKey: [of] }) => of === 'profile' || of === 'read' })} />
        ))}
      </Section>
      {assets && (
        <Section title={words.assets}>
          <dl className="pairs">
            <div><dt>{words.total}</dt><dd>{yuan(assets.total)}</dd></div>
            <div><dt>{words.profit}</dt><dd className={Number(assets.profit) < 0 ? 'money-down' : 'money-up'}>{yuan(assets.profit)}</dd></div>
            {assets.items.slice(0, MOST_FUNDS).map((one) => <div key={one.fund}><dt className="fund" title={one.name}>{one.name}</dt><dd>{`${yuan(one.value)} · ${percent(one.share)}%`}</dd></div>)}
          </dl>
        </Section>
      )}
      <Section title={words.tags}>
        {tags.length === 0 && <p className="quiet-text">{words.noTags}</p>}
        {byGroup(tags).map(([group, list]) => (
          <div key={group} className="tag-group">
            <h4>{group}</h4>
            {list.map((tag) => <TagRow key={tag.tag} tag={tag} />)}
          </div>
        ))}
      </Section>
      {trend.length > 0 && (
        <Section title={words.trend}>
          <Trend days={trend} />
        </Section>
      )}
      {events.length > 0 && (
        <Section title={words.events}>
          <ul className="points points-plain">
            {events.map(({ words: text, at }) => <li key={text + at}><span>{`${day(at)} ${punctuated(text)}`}</span></li>)}
          </ul>
        </Section>
      )}
      {topics.length > 0 && (
        <Section title={words.topics}>
          <p>{topics.map(({ topic }) => topic).join('、')}</p>
        </Section>
      )}
      {past.length > 0 && (
        <Section title={words.past}>
          <ul className="points points-plain">
            {past.map((alert) => (
              <li key={alert.id}><span>{[day(alert.opened_at), punctuated(alert.words), words.state[alert.state], alert.note].filter(Boolean).join(' · ')}</span></li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  )
}

interface CardProps { session: DeskSession; clientId: string; alert: Alert; onJudged: () => void }

type Outcome = 'handled' | 'false_alarm'

function AlertCard({ session, clientId, alert, onJudged }: CardProps) {
  const { message } = App.useApp()
  const { attempt } = useAttempt()
  const { pending, ask, undo } = useUndo<Outcome>((outcome) =>
    attempt(async () => {
      await session.ask(`${address(clientId)}/alerts/${alert.id}`, { outcome })
      void message.success(words.judged)
      onJudged()
    }),
  )
  return (
    <article className={`alert alert-${alert.level}`} data-testid="alert">
      <h4><b>{words.level[alert.level]}</b>{punctuated(alert.words)}</h4>
      <p>{punctuated(alert.advice)}</p>
      {alert.also.map((one) => <p key={one.words} className="quiet-text">{punctuated(one.words)}</p>)}
      <footer>
        {pending ? (
          <><span role="status">{words.judging(words.state[pending])}</span><Button size="small" type="link" onClick={undo}>{words.undo}</Button></>
        ) : (
          <>
            <Button size="small" onClick={() => ask('handled')}>{words.handled}</Button>
            <Button size="small" type="text" onClick={() => ask('false_alarm')}>{words.falseAlarm}</Button>
          </>
        )}
      </footer>
    </article>
  )
}

function TagRow({ tag }: { tag: Tag }) {
  return (
    <details className="tag-row">
      <summary title={words.why(tag.tag)}>
        <span>{tag.tag}</span>
        <meter min={0} max={1} value={tag.weight} aria-label={words.weight(percent(tag.weight))} />
        <span className="num">{percent(tag.weight)}%</span>
      </summary>
      <ul>
        {tag.limited.map((text) => <li key={text}>{words.limited(text)}</li>)}
        {tag.evidence.map(({ words: text, source, at }) => <li key={text + at}>{`${words.source[source]} · ${day(at)} · ${punctuated(text)}`}</li>)}
      </ul>
    </details>
  )
}

function Trend({ days }: { days: MoodDay[] }) {
  const middle = HEIGHT / 2
  const bars = trendBars(days, WIDTH, HEIGHT)
  const at = (date: string) => day(`${date}T12:00:00+08:00`)
  const ends = [days[0], days.length > 1 ? days[days.length - 1] : undefined]
  return (
    <figure className="curve">
      <svg className="trend" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.trendLabel(days.length)} data-testid="trend">
        <line className="chart-grid" x1="0" x2={WIDTH} y1={middle} y2={middle} />
        {bars.map(({ day: date, x, width, negative, positive }, index) => {
          const shown = days[index]
          return (
            <g key={date}>
              <rect className="trend-positive" x={x} width={width} y={middle - positive} height={positive} />
              <rect className="trend-negative" x={x} width={width} y={middle} height={negative} />
              <rect className="trend-hit" x={x} width={width} y={0} height={HEIGHT}>
                <title>{shown && words.trendDay(at(date), shown.messages, percent(shown.negative), percent(shown.positive))}</title>
              </rect>
            </g>
          )
        })}
      </svg>
      <figcaption>{ends.map((one) => one && <span key={one.day}>{at(one.day)}</span>)}</figcaption>
    </figure>
  )
}
