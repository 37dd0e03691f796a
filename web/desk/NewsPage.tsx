import { Empty, Table } from 'antd'
import { useState } from 'react'
import { type Affected, type NewsRow } from '../protocol/clients'
import { clock, day, punctuated } from '../ui/format'
import { news as words } from '../ui/clients.zh'
import { useRead } from './ask'
import './clients.css'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

export const NEWS = '/api/desk/news?days=14'

/** News from outside, whom it touches and what to say. */
export function NewsPage({ session, onOpen }: { session: DeskSession; onOpen: (clientId: string) => void }) {
  const query = useRead<{ news: NewsRow[] }>(session, NEWS)
  const [picked, setPicked] = useState<string | null>(null)
  return (
    <main className="wall" data-testid="news" tabIndex={0}>
      <h2>{words.title}</h2>
      <p className="quiet-text">{words.lead}</p>
      <Loaded query={query} rows={8}>
        {({ news }) => {
          const current = news.find((one) => one.id === picked) ?? news[0]
          if (!current) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={words.none} />
          return (
            <div className="rules rules-side">
              <ul className="cards cards-pick">
                {news.map((one) => (
                  <li key={one.id}>
                    <button type="button" className={one.id === current.id ? 'row-on' : ''} aria-current={one.id === current.id} onClick={() => setPicked(one.id)}>
                      <b>{one.title}</b>
                      <span className="quiet-text">{[words.kind[one.kind], words.effect[one.effect], one.source, `${day(one.at)} ${clock(one.at)}`].join(' · ')}</span>
                      <span className="quiet-text num">{[words.clients(one.clients), words.told(one.told), words.taskCount(one.tasks)].join(' · ')}</span>
                    </button>
                  </li>
                ))}
              </ul>
              <One key={current.id} session={session} one={current} onOpen={onOpen} />
            </div>
          )
        }}
      </Loaded>
    </main>
  )
}

function One({ session, one, onOpen }: { session: DeskSession; one: NewsRow; onOpen: (clientId: string) => void }) {
  const query = useRead<{ affected: Affected[] }>(session, `/api/desk/news/${encodeURIComponent(one.id)}`)
  return (
    <section aria-label={one.title}>
      <h2>{one.title}</h2>
      <p>{punctuated(one.text)}</p>
      <Loaded query={query}>
        {({ affected }) => (
          <Table
            size="small" pagination={{ pageSize: 20, hideOnSinglePage: true }} rowKey="client" scroll={{ x: true }} dataSource={affected} locale={{ emptyText: words.nobody }}
            columns={[
              { title: words.columns.client, render: (_, row: Affected) => <button type="button" className="link" onClick={() => onOpen(row.client)}>{row.name || row.client}</button> },
              { title: words.columns.share, align: 'right', render: (_, row: Affected) => <span className="num">{`${Math.round(row.share * 100)}%`}</span> },
              { title: words.columns.why, render: (_, row: Affected) => punctuated(row.why.join('；')) },
              { title: words.columns.say, render: (_, row: Affected) => punctuated(row.say) },
              { title: words.columns.push, render: (_, row: Affected) => words.push[row.push] },
            ]}
          />
        )}
      </Loaded>
    </section>
  )
}
