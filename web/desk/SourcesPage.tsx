import { useQuery } from '@tanstack/react-query'
import { Table } from 'antd'
import { type Field, type Source } from '../protocol/lists'
import { clock, day, punctuated } from '../ui/format'
import { sources as words } from '../ui/lists.zh'
import { useRead } from './ask'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

type Feed = Pick<Source, 'name' | 'title' | 'every_minutes' | 'read_at' | 'failures' | 'fresh'> & { format: string; items: number }
type Look = 'away' | 'stale' | 'never' | 'fresh' | 'with'

/** Away before stale: what does not answer is the cause. */
function lookOf(one: Pick<Source, 'failures' | 'fresh' | 'read_at'>): Look {
  if (one.failures > 0) return 'away'
  if (one.fresh === null) return 'with'
  if (one.fresh) return 'fresh'
  return one.read_at ? 'stale' : 'never'
}

function State({ one }: { one: Pick<Source, 'failures' | 'fresh' | 'read_at'> }) {
  const look = lookOf(one)
  const text = { away: words.away(one.failures), stale: words.stale, never: words.never, fresh: words.fresh, with: words.withClient }[look]
  return <span className={`health health-${look}`}>{text}</span>
}

const read = (at: string | null) => <span className="num">{at ? `${day(at)} ${clock(at)}` : ''}</span>
const minutes = (value: number | null) => (value === null ? words.withClient : words.minutes(value))

/** The systems that a profile is joined from: how fresh, what fails, what is done then; and the fields with their protection. */
export function SourcesPage({ session }: { session: DeskSession }) {
  const query = useRead<{ sources: Source[]; fields: Field[] }>(session, '/api/desk/sources')
  const feeds = useQuery({ queryKey: ['read', 'feeds'], queryFn: () => session.read<{ feeds: Feed[] }>('/api/desk/news/feeds'), retry: false })
  return (
    <Loaded query={query} rows={12}>
      {({ sources, fields }) => {
        const looks = sources.map(lookOf)
        const title = (name: string) => sources.find((one) => one.name === name)?.title ?? name
        return (
          <div data-testid="sources">
            <section className="wall-part" aria-label={words.title}>
              <h2>{words.title} <small>{words.summary(looks.filter((one) => one === 'away').length, looks.filter((one) => one === 'stale' || one === 'never').length)}</small></h2>
              <p className="quiet-text">{words.lead}</p>
              <Table
                size="small" pagination={false} rowKey="name" scroll={{ x: true }} dataSource={sources}
                columns={[
                  { title: words.columns.source, render: (_, one: Source) => <b>{one.title}</b> },
                  { title: words.columns.state, render: (_, one: Source) => <State one={one} /> },
                  { title: words.columns.read, render: (_, one: Source) => read(one.read_at) },
                  { title: words.columns.every, render: (_, one: Source) => minutes(one.every_minutes) },
                  { title: words.columns.fresh, render: (_, one: Source) => one.fresh_minutes !== null && words.minutes(one.fresh_minutes) },
                  { title: words.columns.failure, render: (_, one: Source) => <span className="quiet-text">{punctuated(one.on_failure)}</span> },
                ]}
              />
            </section>
            {feeds.data && (
              <section className="wall-part" aria-label={words.feeds}>
                <h2>{words.feeds}</h2>
                <Table
                  size="small" pagination={false} rowKey="name" scroll={{ x: true }} dataSource={feeds.data.feeds}
                  columns={[
                    { title: words.columns.source, render: (_, one: Feed) => <b>{one.title}</b> },
                    { title: words.columns.state, render: (_, one: Feed) => <State one={one} /> },
                    { title: words.columns.read, render: (_, one: Feed) => read(one.read_at) },
                    { title: words.columns.every, render: (_, one: Feed) => minutes(one.every_minutes) },
                  ]}
                />
              </section>
            )}
            <section className="wall-part" aria-label={words.fields}>
              <h2>{words.fields} <small className="num">{fields.length}</small></h2>
              <Table
                size="small" pagination={false} rowKey="name" scroll={{ x: true }} dataSource={fields}
                columns={[
                  { title: words.fieldColumns.words, render: (_, one: Field) => <b>{one.words}</b> },
                  { title: words.fieldColumns.type, render: (_, one: Field) => one.type },
                  { title: words.fieldColumns.source, render: (_, one: Field) => title(one.source) },
                  { title: words.fieldColumns.sensitivity, render: (_, one: Field) => <span className={`chip sensitivity-${one.sensitivity}`}>{words.sensitivity[one.sensitivity]}</span> },
                  { title: words.fieldColumns.retention, render: (_, one: Field) => (one.retention_days ? words.days(one.retention_days) : words.forever) },
                ]}
              />
            </section>
          </div>
        )
      }}
    </Loaded>
  )
}
