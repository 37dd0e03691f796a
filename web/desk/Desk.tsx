import { Drawer, Tabs } from 'antd'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { type DeskState } from '../protocol/desk'
import { known } from '../protocol/handoffs'
import { LISTED, SUPERVISOR } from '../protocol/words'
import { desk } from '../ui/messages.zh'
import { practice } from '../ui/practice.zh'
import { clients, news } from '../ui/clients.zh'
import { lists, ruleTabs } from '../ui/lists.zh'
import { followUps, measures } from '../ui/together.zh'
import { useActions } from './actions'
import { useRead } from './ask'
import { type Look } from './App'
import { ClientsPage } from './ClientsPage'
import { Dialogs, type Dialog } from './Dialogs'
import { useKeys, useMedia, useStored } from './hooks'
import { found, QueuePane, sections } from './QueuePane'
import { PracticePage } from './PracticePage'
import { useAnswerNotice, useGoneNotice, useOfferAlert, useSlaNotice } from './told'
import { type DeskSession } from './session'
import { SidePane } from './SidePane'
import { Talk } from './Talk'
import { TopBar } from './TopBar'
import { FollowUps } from './FollowUps'
import { ListsPage } from './ListsPage'
import { NEWS, NewsPage } from './NewsPage'
import { MeasuresPage } from './MeasuresPage'
import { RulesPage } from './RulesPage'
import { Wall } from './Wall'

type Tab = 'work' | 'follow-ups' | 'clients' | 'lists' | 'news' | 'wall' | 'measures' | 'rules' | 'practice'

interface Props {
  session: DeskSession
  state: DeskState
  look: Look
  dark: boolean
  onLook: (look: Look) => void
}

export function Desk({ session, state, look, dark, onLook }: Props) {
  const link = useSyncExternalStore(session.link.watch, session.link.read)
  const [tab, setTab] = useState<Tab>('work')
  // Who takes no conversations is here to train.
  const shown = state.me ? tab : 'practice'
  const [picked, setPicked] = useState<string | null>(null)
  const [client, setClient] = useState<string | null>(null)
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const [search, setSearch] = useState('')
  const [briefOpen, setBriefOpen] = useState(false)
  const [sound, setSound] = useStored<'on' | 'off'>('desk.sound', 'on')
  const narrow = useMedia('(max-width: 1099px)')
  const { run } = useActions(session)
  const { offers } = state

  const listed = useMemo(() => Object.values(sections(state)).flat().filter((one) => found(one, search)), [state, search])
  const current = (picked && known(state, picked)[0]) || offers[0] || null
  const offer = current?.state === 'offered' && current.offered_to?.id === state.me?.id ? current : (offers[0] ?? null)
  const mine = current?.state === 'active' && current.owner?.id === state.me?.id ? current : null

  const supervises = state.me?.role === SUPERVISOR
  const lister = state.me !== null && LISTED.includes(state.me.role)
  // No page of news where nobody feeds any.
  const told = useRead(session, NEWS, { enabled: lister, retry: false }).isSuccess
  const open = (id: string) => {
    setPicked(id)
    setTab('work')
  }

  const openClient = (clientId: string) => {
    setClient(clientId)
    setTab('clients')
  }

  useGoneNotice(state.gone)
  useAnswerNotice(state.answered)
  useSlaNotice(state.alerts)
  useOfferAlert([...offers, ...state.invites.filter((one) => one.state === 'offered')].map((one) => one.id), sound === 'on')

  const step = (by: number) => {
    const at = listed.findIndex((one) => one.id === current?.id)
    const next = listed[at < 0 ? 0 : Math.min(listed.length - 1, Math.max(0, at + by))]
    if (next) setPicked(next.id)
  }
  const accept = (id: string) => {
    const handoff = known(state, id)[0]
    if (!handoff) return
    setPicked(id)
    void run(handoff, 'accept')
  }
  const working = shown === 'work' || offers.length > 0
  useKeys(!working ? { g: () => setTab('work'), '?': () => setDialog({ kind: 'help' }) } : {
    ...(shown === 'work' && { j: () => step(1), k: () => step(-1) }),
    g: () => setTab('work'),
    c: () => current && current.state !== 'waiting' && openClient(current.client.id),
    a: () => offer && accept(offer.id),
    d: () => offer && setDialog({ kind: 'decline', handoff: offer }),
    t: () => mine && setDialog({ kind: 'transfer', handoff: mine }),
    i: () => mine && setDialog({ kind: 'invite', handoff: mine }),
    p: () => mine && setDialog({ kind: 'appoint', handoff: mine }),
    b: () => mine && setDialog({ kind: 'return', handoff: mine }),
    s: () => document.getElementById('snippets')?.click(),
    e: () => mine && setDialog({ kind: 'close', handoff: mine }),
    r: () => document.getElementById('draft')?.focus(),
    ...(shown === 'work' && { '/': () => document.getElementById('search')?.focus() }),
    '?': () => setDialog({ kind: 'help' }),
    Escape: () => setDialog(null),
  })

  const brief = !current ? <p className="brief quiet-text">{desk.noBrief}</p> : <SidePane key={current.id} session={session} state={state} handoff={current} onClient={openClient} />
  return (
    <div className="desk">
      <TopBar
        session={session}
        me={state.me}
        look={look}
        onLook={onLook}
        sound={sound}
        onSound={setSound}
        onHelp={() => setDialog({ kind: 'help' })}
      >
          <Tabs
            activeKey={shown}
            tabBarGutter={22}
            onChange={(key) => setTab(key as Tab)}
            items={[
              ...(state.me ? [{ key: 'work', label: desk.tabs.work }, { key: 'follow-ups', label: followUps.tab(state.followUps.length) }, { key: 'clients', label: clients.tab }] : []),
              ...(lister ? [{ key: 'lists', label: lists.tab }] : []),
              ...(told ? [{ key: 'news', label: news.tab }] : []),
              ...(supervises ? [{ key: 'wall', label: desk.tabs.wall }, { key: 'measures', label: measures.tab }, { key: 'rules', label: ruleTabs.tab }] : []),
              { key: 'practice', label: practice.tab },
            ]}
          />
      </TopBar>
      {link.kind === 'waiting' && (
        <div className="offline" role="alert" data-testid="offline">
          {desk.offline}
          <button type="button" onClick={() => session.hurry()}>{desk.retryNow}</button>
        </div>
      )}
      {tab === 'follow-ups' && <FollowUps session={session} state={state} onClient={openClient} />}
      {shown === 'clients' && <ClientsPage session={session} state={state} picked={client} onPick={setClient} />}
      {tab === 'lists' && lister && <ListsPage session={session} state={state} />}
      {tab === 'news' && told && <NewsPage session={session} onOpen={openClient} />}
      {tab === 'wall' && supervises && <Wall session={session} state={state} onDialog={setDialog} onOpen={open} />}
      {tab === 'measures' && supervises && <MeasuresPage session={session} skew={state.skew} dark={dark} />}
      {tab === 'rules' && supervises && <RulesPage session={session} />}
      {shown === 'practice' && <PracticePage session={session} myId={state.me?.id} />}
      {shown === 'work' && (
        <div className={picked && current ? 'panes panes-talk' : 'panes'}>
          <QueuePane
            session={session}
            state={state}
            search={search}
            onSearch={setSearch}
            picked={current?.id ?? null}
            onPick={setPicked}
            onAccept={accept}
            onDecline={(handoff) => setDialog({ kind: 'decline', handoff })}
          />
          <Talk
            session={session}
            state={state}
            handoff={current}
            onDialog={setDialog}
            onAccept={accept}
            onBack={() => setPicked(null)}
            onBrief={narrow ? () => setBriefOpen(true) : null}
          />
          {narrow ? (
            <Drawer title={desk.brief} open={briefOpen && current !== null} onClose={() => setBriefOpen(false)} size={380}>
              {brief}
            </Drawer>
          ) : (
            <aside className="pane pane-brief" aria-label={desk.brief}>{brief}</aside>
          )}
        </div>
      )}
      <Dialogs session={session} state={state} dialog={dialog} onClose={() => setDialog(null)} />
    </div>
  )
}
