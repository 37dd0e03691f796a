import { type ClientNews, type Growth } from '../protocol/clients'
import { day, punctuated } from '../ui/format'
import { growth as words, news } from '../ui/clients.zh'
import { Section } from './BriefPane'
import { ofClient, useRead } from './ask'
import { type DeskSession } from './session'

interface Props { session: DeskSession; clientId: string }

/** What a role may not see simply has no place here. */
const useOptional = <T,>(session: DeskSession, path: string) => useRead<T>(session, path, { retry: false }).data

/** News of the world that touch what he holds. */
export function ClientNewsList({ session, clientId }: Props) {
  const found = useOptional<{ news: ClientNews[] }>(session, ofClient(clientId, 'news'))
  if (!found?.news.length) return null
  return (
    <Section title={news.ofClient}>
      <ul className="cards">
        {found.news.map((one) => (
          <li key={one.id}>
            <p><b>{one.title}</b></p>
            <p className="quiet-text">{[day(one.at), one.source, news.share(`${Math.round(one.share * 100)}%`)].join(' · ')}</p>
            <p className="task-text">{punctuated(one.say)}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** His way with us: milestones, and a look back for each year. */
export function GrowthList({ session, clientId }: Props) {
  const found = useOptional<Growth>(session, ofClient(clientId, 'growth'))
  if (!found) return null
  return (
    <Section title={words.title}>
      {found.next && <p className="quiet-text">{words.next(day(`${found.next.on.slice(0, 10)}T12:00:00+08:00`), found.next.years)}</p>}
      {found.milestones.length === 0 && <p className="quiet-text">{words.none}</p>}
      <ol className="milestones" data-testid="growth">
        {found.milestones.map((one) => (
          <li key={one.kind + one.at}><b>{one.title}</b> <small className="num quiet-text">{one.at.slice(0, 10)}</small><p>{punctuated(one.words)}</p></li>
        ))}
      </ol>
      {found.reviews.map((one) => (
        <details key={one.year} className="tag-row">
          <summary>{one.title || words.review}</summary>
          <dl className="pairs">{one.rows.map((row) => <div key={row.label}><dt>{row.label}</dt><dd>{row.value}</dd></div>)}</dl>
          {one.note && <p className="quiet-text">{punctuated(one.note)}</p>}
        </details>
      ))}
    </Section>
  )
}
