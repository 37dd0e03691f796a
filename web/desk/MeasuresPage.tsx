import { useQuery } from '@tanstack/react-query'
import { Button, Empty, Input, Result, Segmented, Select, Spin, Table } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { type Measures, type Row } from '../protocol/together'
import { desk } from '../ui/messages.zh'
import { measures } from '../ui/together.zh'
import { charts } from '../ui/wall.zh'
import { Bars } from './Bars'
import { chartsOf, type Unit } from './chartData'
import { SHOWN, type Shown, told } from './figures'
import { type DeskSession } from './session'

// The drawing library is half as large as the rest of the desk: only who looks at a report loads it.
const MeasureCharts = lazy(() => import('./MeasureCharts'))

type Group = keyof typeof measures.groups
const GROUPS = Object.keys(measures.groups) as Group[]
const DAYS = { today: 1, week: 7, month: 30 } as const
const DAY_MS = 86_400_000
const shanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })

/** How well clients were served, over days, by group. */
export function MeasuresPage({ session, skew, dark }: { session: DeskSession; skew: number; dark: boolean }) {
  // Fixed at opening: a report does not move while it is read.
  const [today] = useState(() => Date.now() + skew)
  const dayBefore = (days: number) => shanghai.format(today - days * DAY_MS)
  const [from, setFrom] = useState(dayBefore(6))
  const [to, setTo] = useState(dayBefore(0))
  const [group, setGroup] = useState<Group>('by_topic')
  const [compared, setCompared] = useState<Shown>('wait_p50')
  const query = useQuery({
    queryKey: ['measures', from, to],
    queryFn: () => session.read<Measures>(`/api/desk/measures?from=${from}&to=${to}`),
    placeholderData: (old) => old,
  })
  const { data } = query
  const [unit, setUnit] = useState<Unit>('day')
  const drawn = useMemo(() => (data ? chartsOf(data, unit) : []), [data, unit])
  return (
    <main className="wall" data-testid="measures" tabIndex={0}>
      <div className="toolbar" role="group" aria-label={measures.period}>
        {(Object.keys(DAYS) as (keyof typeof DAYS)[]).map((name) => (
          <Button key={name} onClick={() => { setFrom(dayBefore(DAYS[name] - 1)); setTo(dayBefore(0)) }}>{measures.periods[name]}</Button>
        ))}
        <label>{measures.from} <Input type="date" value={from} max={to} onChange={(event) => event.target.value && setFrom(event.target.value)} /></label>
        <label>{measures.to} <Input type="date" value={to} min={from} onChange={(event) => event.target.value && setTo(event.target.value)} /></label>
      </div>
      {query.isError && <Result status="warning" title={measures.failed} extra={<Button onClick={() => void query.refetch()}>{desk.again}</Button>} />}
      {query.isLoading && <Spin className="middle" />}
      {data && !query.isError && (
        <>
          <dl className="totals" data-testid="totals">
            {SHOWN.map((name) => (
              <div key={name}><dt>{measures.shown[name]}</dt><dd className="num">{told(name, data.total)}</dd></div>
            ))}
          </dl>
          {data.total.count > 0 && (
            <section aria-label={charts.label}>
              <div className="toolbar">
                <Segmented<Unit>
                  aria-label={charts.unitLabel}
                  value={unit}
                  onChange={setUnit}
                  options={(Object.keys(charts.unit) as Unit[]).map((value) => ({ value, label: charts.unit[value] }))}
                />
                {unit === 'week' && <span className="quiet-text">{charts.weekNote}</span>}
              </div>
              <Suspense fallback={<Spin aria-label={charts.loading} />}>
                <MeasureCharts charts={drawn} dark={dark} />
              </Suspense>
            </section>
          )}
          <div className="toolbar">
            <Segmented
              aria-label={measures.group_label}
              value={group}
              onChange={(value) => setGroup(value as Group)}
              options={GROUPS.map((value) => ({ value, label: measures.groups[value] }))}
            />
            <label>
              {measures.compare}{' '}
              <Select aria-label={measures.compare} value={compared} onChange={setCompared} options={SHOWN.map((value) => ({ value, label: measures.shown[value] }))} />
            </label>
          </div>
          {data.total.count === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={measures.empty} />
          ) : (
            <>
              <Bars
                label={measures.bars(measures.shown[compared])}
                bars={data[group].map((row) => ({ key: row.key, name: row.words, value: row[compared] ?? 0, words: told(compared, row) }))}
              />
              <Table
                size="small"
                pagination={false}
                rowKey="key"
                scroll={{ x: true }}
                dataSource={data[group]}
                columns={[
                  { title: measures.group[group], render: (_, row: Row) => <b>{row.words}</b> },
                  ...SHOWN.map((name) => ({ title: measures.shown[name], align: 'right' as const, render: (_: unknown, row: Row) => <span className="num">{told(name, row)}</span> })),
                ]}
              />
            </>
          )}
        </>
      )}
    </main>
  )
}
