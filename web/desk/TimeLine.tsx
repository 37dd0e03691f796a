import { Segmented } from 'antd'
import { useState } from 'react'
import { byDay, type Item, type ItemKind } from '../protocol/clients'
import { clock, day, punctuated } from '../ui/format'
import { line as words } from '../ui/clients.zh'

const KINDS = Object.keys(words.kind) as ItemKind[]

/** Talk, orders, warnings and what was done about them, on one line, day by day. */
export function TimeLine({ items, missing }: { items: readonly Item[]; missing: boolean }) {
  const [kind, setKind] = useState<ItemKind | 'all'>('all')
  const there = KINDS.filter((one) => items.some((item) => item.kind === one))
  const shown = items.filter((one) => kind === 'all' || one.kind === kind)
  return (
    <div data-testid="timeline">
      {there.length > 1 && (
        <Segmented<ItemKind | 'all'>
          size="small"
          aria-label={words.show}
          value={kind}
          onChange={setKind}
          options={[{ value: 'all', label: words.all }, ...there.map((value) => ({ value, label: words.kind[value] }))]}
        />
      )}
      {missing && <p className="quiet-text" role="status">{words.missing}</p>}
      {items.length === 0 && <p className="quiet-text">{words.none}</p>}
      {byDay(shown, day).map(([date, list]) => (
        <section key={date} className="line-day" aria-label={date}>
          <h4>{date}</h4>
          <ol>
            {list.map((one, at) => (
              <li key={one.at + one.kind + String(at)} className={`line-item line-${one.kind} tone-${one.tone || 'none'}`}>
                <time className="num" dateTime={one.at}>{clock(one.at)}</time>
                <div>
                  <p><span className="line-kind">{words.kind[one.kind]}</span>{punctuated(one.words)}</p>
                  {one.detail && <p className="quiet-text">{punctuated(one.detail)}</p>}
                </div>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  )
}
