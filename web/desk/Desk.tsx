import { App, Drawer, Tabs } from 'antd'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { type DeskState } from '../protocol/desk'
import { known } from '../protocol/handoffs'
import { SUPERVISOR } from '../protocol/words'
import { desk } from '../ui/messages.zh'
import { followUps, measures, rules, together } from '../ui/together.zh'
import { useActions } from './actions'
import { type Look } from './App'
import { ring } from './bell'
import { Dialogs, type Dialog } from './Dialogs'
import { useKeys, useMedia, useStored } from './hooks'
import { found, QueuePane, sections } from './QueuePane'
import { type DeskSession } from './session'
import { SidePane } from './SidePane'
import { Talk } from './Talk'
import { TopBar } from './TopBar'
import { FollowUps } from './FollowUps'
import { MeasuresPage } from './MeasuresPage'
import { RulesPage } from './RulesPage'
import { Wall } from './Wall'

type Tab = 'work' | 'follow-ups' | 'wall' | 'measures' | 'rules'

interface Props {
  session: DeskSession
  state: DeskState
  look: Look
  onLook: (look: Look) => void
}

export function Desk({ session, state, look, onLook }: Props) {
  const link = useSyncExternalStore(session.link.watch, session.link.read)
  const [tab, setTab] = useState<Tab>('work')
  const [picked, setPicked] = useState<string | null>(null)
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
  const open = (id: string) => {
    setPicked(id)
    setTab('work')
  }

  useGoneNotice(state.gone)
  useAnswerNotice(state.answered)
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
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    a: () => offer && accept(offer.id),
    d: () => offer && setDialog({ kind: 'decline', handoff: offer }),
    t: () => mine && setDialog({ kind: 'transfer', handoff: mine }),
    e: () => mine && setDialog({ kind: 'close', handoff: mine }),
    r: () => document.getElementById('draft')?.focus(),
    '/': () => document.getElementById('search')?.focus(),
    '?': () => setDialog({ kind: 'help' }),
    Escape: () => setDialog(null),
  })

  const brief = !current ? <p className="brief quiet-text">{desk.noBrief}</p> : <SidePane key={current.id} session={session} state={state} handoff={current} />
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
        {state.me && (
          <Tabs
            activeKey={tab}
            onChange={(key) => setTab(key as Tab)}
            items={[
              { key: 'work', label: desk.tabs.work },
              { key: 'follow-ups', label: followUps.tab(state.followUps.length) },
              ...(supervises ? [{ key: 'wall', label: desk.tabs.wall }, { key: 'measures', label: measures.tab }, { key: 'rules', label: rules.tab }] : []),
            ]}
          />
        )}
      </TopBar>
      {link.kind === 'waiting' && (
        <div className="offline" role="alert" data-testid="offline">
          {desk.offline}
          <button type="button" onClick={() => session.hurry()}>{desk.retryNow}</button>
        </div>
      )}
      {tab === 'follow-ups' && <FollowUps session={session} state={state} />}
      {tab === 'wall' && supervises && <Wall session={session} state={state} onDialog={setDialog} onOpen={open} />}
      {tab === 'measures' && supervises && <MeasuresPage session={session} skew={state.skew} />}
      {tab === 'rules' && supervises && <RulesPage session={session} />}
      {tab === 'work' && (
        <div className="panes">
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

/** Says why an offer went away, when it was not one's own doing. */
function useGoneNotice(gone: DeskState['gone']): void {
  const { message } = App.useApp()
  useEffect(() => {
    if (gone?.why === 'expired' || gone?.why === 'withdrawn') void message.info(desk.goneTitle[gone.why])
  }, [gone, message])
}

/** Says how an invitation that one has made was answered. */
function useAnswerNotice(answered: DeskState['answered']): void {
  const { message } = App.useApp()
  useEffect(() => {
    const words = answered && together.answered[answered.state]
    if (answered && words) void message.info(words(answered.advisor.name, answered.why))
  }, [answered, message])
}

/** Sound once for each new offer, and the title as long as one waits. */
function useOfferAlert(ids: string[], sound: boolean): void {
  const heard = useRef<ReadonlySet<string>>(new Set())
  const joined = ids.join(' ')
  useEffect(() => {
    const now = joined ? joined.split(' ') : []
    if (sound && now.some((id) => !heard.current.has(id))) ring()
    heard.current = new Set(now)
    document.title = now.length > 0 ? desk.titleOffer(now.length) : desk.title
  }, [joined, sound])
}
