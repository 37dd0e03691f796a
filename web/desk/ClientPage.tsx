import { ArrowLeftOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ClientRow, type Item } from '../protocol/clients'
import { type DeskState } from '../protocol/desk'
import { clients as words, line } from '../ui/clients.zh'
import { useRead, ofClient } from './ask'
import { Acts } from './Acts'
import { ClientNewsList, GrowthList } from './Archive'
import { ClientTasks, LeavingCard, OutreachList } from './ClientCare'
import { ProfilePane } from './ProfilePane'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'
import { TimeLine } from './TimeLine'

interface Props {
  session: DeskSession
  state: DeskState
  clientId: string
  row: ClientRow | undefined
  onBack: () => void
}

/** One client, whole: what he is like, what happened, what we do about it. */
export function ClientPage({ session, state, clientId, row, onBack }: Props) {
  const query = useRead<{ items: Item[]; missing: string[] }>(session, ofClient(clientId, 'timeline'))
  const own = state.colleagues.find((one) => one.id === row?.own_advisor)?.name
  const about = row && [row.tier, row.risk_level, row.stage, row.age && words.age(row.age), own && words.own(own)].filter(Boolean).join(' · ')
  return (
    <main className="pane client" aria-label={words.whole_page} data-testid="client-page" data-client-id={clientId}>
      <header className="talk-head">
        <Button className="client-back" type="text" icon={<ArrowLeftOutlined />} aria-label={words.back} onClick={onBack} />
        <span className="avatar avatar-big" aria-hidden="true">{(row?.name ?? clientId).slice(0, 1)}</span>
        <div className="talk-who">
          <h2>{row?.name ?? clientId}<small className="num quiet-text">{row?.name ? clientId : ''}</small></h2>
          <p>{about}</p>
        </div>
      </header>
      <div className="client-columns" tabIndex={0}>
        <div className="client-column"><ProfilePane session={session} clientId={clientId} /></div>
        <div className="client-column brief">
          <section className="brief-section" aria-label={line.title}>
            <h3>{line.title}</h3>
            <Loaded query={query} rows={10}>{({ items, missing }) => <TimeLine items={items} missing={missing.length > 0} />}</Loaded>
          </section>
        </div>
        <div className="client-column brief">
          <LeavingCard session={session} clientId={clientId} />
          <ClientTasks session={session} clientId={clientId} />
          <Acts session={session} clientId={clientId} />
          <OutreachList session={session} clientId={clientId} />
          <ClientNewsList session={session} clientId={clientId} />
          <GrowthList session={session} clientId={clientId} />
        </div>
      </div>
    </main>
  )
}
