import { SearchOutlined } from '@ant-design/icons'
import { Empty, Input } from 'antd'
import { type DeskState } from '../protocol/desk'
import { visit } from '../protocol/handoffs'
import { type Handoff } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { together } from '../ui/together.zh'
import { HandoffCard } from './HandoffCard'
import { InviteCard } from './InviteCard'
import { Notices } from './Notices'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  state: DeskState
  search: string
  onSearch: (search: string) => void
  picked: string | null
  onPick: (id: string) => void
  onAccept: (id: string) => void
  onDecline: (handoff: Handoff) => void
}

type Section = 'offers' | 'mine' | 'wrapUp' | 'queue'

/** What the left side lists, each handoff once. */
export function sections(state: DeskState): Record<Section, Handoff[]> {
  const offered = new Set(state.offers.map((one) => one.id))
  return {
    offers: state.offers,
    mine: state.active.filter((one) => one.owner?.id === state.me?.id || visit(one, state.me?.id, 'listener')),
    wrapUp: state.wrapUp,
    queue: state.queue.filter((one) => !offered.has(one.id)),
  }
}

export function found(handoff: Handoff, search: string): boolean {
  const { client, topic, explanation, reasons } = handoff
  const text = [client.name, client.id, topic, explanation, ...reasons.map(({ words }) => words)].join(' ').toLowerCase()
  return text.includes(search.trim().toLowerCase())
}

export function QueuePane({ session, state, search, onSearch, picked, onPick, onAccept, onDecline }: Props) {
  const all = sections(state)
  const shown = (Object.keys(all) as Section[]).map((key) => ({ key, list: all[key].filter((one) => found(one, search)) }))
  const invites = state.invites.filter(({ handoff }) => found(handoff, search))
  const nothing = invites.length === 0 && shown.every(({ list }) => list.length === 0)
  const quiet = state.me?.presence === 'online' ? desk.nothingText : desk.nothingOffline
  return (
    <nav className="pane pane-queue" aria-label={desk.left}>
      <Input
        id="search"
        className="search"
        prefix={<SearchOutlined />}
        placeholder={desk.search}
        aria-label={desk.search}
        allowClear
        value={search}
        onChange={(event) => onSearch(event.target.value)}
      />
      <div className="pane-scroll">
        <Notices session={session} notices={state.notices} />
        {invites.length > 0 && (
          <section className="group group-offers" aria-label={together.invited} data-testid="group-invites">
            <h2>
              {together.invited}
              <b>{invites.length}</b>
            </h2>
            <ul>
              {invites.map((one) => (
                <InviteCard key={one.id} session={session} invite={one} skew={state.skew} selected={one.handoff.id === picked} onPick={onPick} />
              ))}
            </ul>
          </section>
        )}
        {shown.map(
          ({ key, list }) =>
            list.length > 0 && (
              <section key={key} className={`group group-${key}`} aria-label={desk[key]} data-testid={`group-${key}`}>
                <h2>
                  {desk[key]}
                  <b>{list.length}</b>
                </h2>
                <ul>
                  {list.map((one) => (
                    <HandoffCard
                      key={one.id}
                      handoff={one}
                      skew={state.skew}
                      conversation={state.conversations[one.conversation_id]}
                      selected={one.id === picked}
                      onPick={onPick}
                      onAccept={key === 'offers' ? onAccept : undefined}
                      onDecline={onDecline}
                    />
                  ))}
                </ul>
              </section>
            ),
        )}
        {nothing && (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={search ? desk.noMatch : desk.nothing}>
            {!search && <p className="quiet-text">{quiet}</p>}
          </Empty>
        )}
      </div>
    </nav>
  )
}
