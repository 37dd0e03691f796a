import { SearchOutlined } from '@ant-design/icons'
import { Empty, Input } from 'antd'
import { useState } from 'react'
import { type ClientRow, sought } from '../protocol/clients'
import { type DeskState } from '../protocol/desk'
import { SUPERVISOR } from '../protocol/words'
import { clock, day } from '../ui/format'
import { clients as words } from '../ui/clients.zh'
import { useRead } from './ask'
import { ClientPage } from './ClientPage'
import './clients.css'
import { useKeys } from './hooks'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  state: DeskState
  picked: string | null
  onPick: (id: string | null) => void
}

/** Whom one looks after, those with a warning first, and beside it the one who was picked, whole. */
export function ClientsPage({ session, state, picked, onPick }: Props) {
  const query = useRead<{ clients: ClientRow[] }>(session, '/api/desk/clients')
  const [typed, setTyped] = useState('')
  const listed = sought(query.data?.clients ?? [], typed)
  // A client who is not in the list (another's, or one of many) is still opened by who may.
  const current = picked ?? listed[0]?.id ?? null
  const step = (by: number) => {
    const at = listed.findIndex((one) => one.id === current)
    const next = listed[at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + by))]
    if (!next) return
    onPick(next.id)
    document.querySelector(`[data-client="${CSS.escape(next.id)}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  useKeys({ j: () => step(1), k: () => step(-1), '/': () => document.getElementById('find-client')?.focus() })
  return (
    <div className={picked ? 'clients clients-one' : 'clients'} data-testid="clients">
      <nav className="pane pane-queue" aria-label={words.tab}>
        <Input
          id="find-client"
          className="search"
          prefix={<SearchOutlined />}
          placeholder={words.search}
          aria-label={words.search}
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onPressEnter={() => onPick(listed[0]?.id ?? (typed.trim() || null))}
        />
        <div className="pane-scroll">
          <section className="group">
            <h2><b>{state.me?.role === SUPERVISOR ? words.titleAll : words.title}</b><span className="num">{listed.length || ''}</span></h2>
            <Loaded query={query} rows={8}>
              {({ clients }) =>
                listed.length > 0 ? (
                  <ul>{listed.map((one) => <Row key={one.id} one={one} on={one.id === current} onPick={onPick} />)}</ul>
                ) : (
                  <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={clients.length > 0 ? words.noMatch : words.none}>
                    {clients.length === 0 && <p className="quiet-text">{words.noneText}</p>}
                  </Empty>
                )
              }
            </Loaded>
          </section>
        </div>
      </nav>
      {current ? (
        <ClientPage key={current} session={session} state={state} clientId={current} row={query.data?.clients.find((one) => one.id === current)} onBack={() => onPick(null)} />
      ) : (
        <main className="pane pane-talk">
          <Empty className="middle" image={Empty.PRESENTED_IMAGE_SIMPLE} description={<b>{words.pick}</b>}>
            <p className="quiet-text">{words.pickText}</p>
          </Empty>
        </main>
      )}
    </div>
  )
}

function Row({ one, on, onPick }: { one: ClientRow; on: boolean; onPick: (id: string) => void }) {
  return (
    <li className={`item item-${one.level ?? 'none'}${on ? ' item-on' : ''}`} data-testid="client-row" data-client={one.id}>
      <button type="button" className="item-main" aria-current={on} onClick={() => onPick(one.id)}>
        <span className="item-head">
          <b>{one.name ?? one.id}</b>
          <span className="item-topic">{[one.tier, one.stage, one.risk_level].filter(Boolean).join(' · ')}</span>
          {one.level && <span className={`chip warned-${one.level}`}>{words.alerts(one.alerts)}</span>}
        </span>
        <span className="item-foot">
          <span>{one.spoke_at ? words.spoke(`${day(one.spoke_at)} ${clock(one.spoke_at)}`) : words.neverSpoke}</span>
          {one.leaving && <span className={one.leaving === 'high' ? 'late' : ''}>{words.leaving(words.level[one.leaving])}</span>}
        </span>
      </button>
    </li>
  )
}
