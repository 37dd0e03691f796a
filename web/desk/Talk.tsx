import { ArrowLeftOutlined, CalendarOutlined, ProfileOutlined, SwapOutlined, UserAddOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Empty, Result, Tooltip } from 'antd'
import { type ReactNode } from 'react'
import { type DeskState } from '../protocol/desk'
import { speaks } from '../protocol/handoffs'
import { type Detail, type Handoff } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { appointment } from '../ui/work.zh'
import { useActions } from './actions'
import { ChannelChip } from './ChannelChip'
import { type Dialog } from './Dialogs'
import { GuestControls, Guests } from './Guests'
import { LevelTag } from './Marks'
import { Messages } from './Messages'
import { Reply } from './Reply'
import { detailQuery } from './queries'
import { type DeskSession } from './session'
import { together } from '../ui/together.zh'
import { Whispers } from './Whispers'

/** What is seldom done has a sign only: all controls stay on one line beside the client's name. */
const SELDOM = [
  { kind: 'appoint', label: appointment.button, icon: <CalendarOutlined />, key: 'p' },
  { kind: 'invite', label: together.invite, icon: <UserAddOutlined />, key: 'i' },
  { kind: 'transfer', label: desk.transfer, icon: <SwapOutlined />, key: 't' },
] as const

interface Props {
  session: DeskSession
  state: DeskState
  handoff: Handoff | null
  onDialog: (dialog: Dialog) => void
  onAccept: (id: string) => void
  /** Back to the list, where both do not fit side by side. */
  onBack: () => void
  /** Opens the brief where it has no place of its own. */
  onBrief: (() => void) | null
}

export function Talk({ session, state, handoff, onDialog, onAccept, onBack, onBrief }: Props) {
  if (!handoff) {
    return (
      <main className="pane pane-talk" aria-label={desk.conversation}>
        <Empty className="middle" image={Empty.PRESENTED_IMAGE_SIMPLE} description={<b>{desk.pick}</b>}>
          <p className="quiet-text">{desk.pickText}</p>
        </Empty>
      </main>
    )
  }
  const { client } = handoff
  const about = [client.member_level, client.tier, client.risk_level, client.stage, client.age && desk.age(client.age), desk.channel[handoff.channel]]
  return (
    <main className="pane pane-talk" aria-label={desk.conversation} data-testid="talk" data-conversation={handoff.conversation_id}>
      <header className="talk-head">
        <Button className="talk-back" type="text" icon={<ArrowLeftOutlined />} aria-label={desk.left} onClick={onBack} />
        <span className="avatar avatar-big" aria-hidden="true">{client.name.slice(0, 1)}</span>
        <div className="talk-who">
          <h2>
            {client.name}
            <LevelTag level={handoff.level} priority={handoff.priority} />
          </h2>
          <p>{about.filter(Boolean).join(' · ')}</p>
          <Quota session={session} state={state} handoff={handoff} />
        </div>
        {onBrief && <Button icon={<ProfileOutlined />} onClick={onBrief}>{desk.openBrief}</Button>}
        <Controls session={session} state={state} handoff={handoff} onDialog={onDialog} onAccept={onAccept} />
      </header>
      <Guests session={session} state={state} handoff={handoff} />
      <Conversation key={handoff.conversation_id} session={session} state={state} handoff={handoff} />
    </main>
  )
}

/** Read anew after each message: every one that is sent counts. */
function Quota({ session, state, handoff }: { session: DeskSession; state: DeskState; handoff: Handoff }) {
  const messages = state.conversations[handoff.conversation_id]?.messages ?? []
  const wechat = messages.some((one) => one.channel !== 'web')
  const last = messages[messages.length - 1]?.seq
  const { data } = useQuery({
    queryKey: ['quota', handoff.id, last],
    queryFn: () => session.read<Detail>(`/api/desk/handoffs/${encodeURIComponent(handoff.id)}`),
    enabled: wechat && handoff.state === 'active',
    placeholderData: (before) => before,
  })
  return <ChannelChip state={data?.channel_state} />
}

function Controls({ session, state, handoff, onDialog, onAccept }: Omit<Props, 'handoff' | 'onBrief' | 'onBack'> & { handoff: Handoff }) {
  const { run, busy } = useActions(session)
  const me = state.me?.id
  if (handoff.state === 'offered' && handoff.offered_to?.id === me) {
    return (
      <div className="controls">
        <Button onClick={() => onDialog({ kind: 'decline', handoff })}>{desk.decline}</Button>
        <Button type="primary" onClick={() => onAccept(handoff.id)}>{desk.accept}</Button>
      </div>
    )
  }
  if (handoff.owner?.id !== me) return <GuestControls session={session} state={state} handoff={handoff} onDialog={onDialog} />
  if (handoff.state === 'wrap_up') {
    return (
      <div className="controls">
        <Button type="primary" loading={busy === 'done'} onClick={() => void run(handoff, 'done')}>{desk.done}</Button>
      </div>
    )
  }
  if (handoff.state !== 'active') return null
  return (
    <div className="controls">
      {SELDOM.map(({ kind, label, icon, key }) => (
        <Tooltip key={kind} title={desk.withKey(label, key)}>
          <Button icon={icon} aria-label={label} aria-keyshortcuts={key} onClick={() => onDialog({ kind, handoff })} />
        </Tooltip>
      ))}
      <Button onClick={() => onDialog({ kind: 'return', handoff })}>{desk.giveBack}</Button>
      <Button type="primary" onClick={() => onDialog({ kind: 'close', handoff })}>{desk.close}</Button>
    </div>
  )
}

function Conversation({ session, state, handoff }: { session: DeskSession; state: DeskState; handoff: Handoff }) {
  const conversation = state.conversations[handoff.conversation_id]
  const query = useQuery(detailQuery(session, handoff, conversation?.stale ?? false))
  if (query.isError && !conversation?.messages.length) {
    return (
      <Result
        className="middle"
        status="warning"
        title={desk.loadFailed}
        extra={<Button onClick={() => void query.refetch()}>{desk.again}</Button>}
      />
    )
  }
  const mine = speaks(state, handoff)
  return (
    <>
      <Messages session={session} conversationId={handoff.conversation_id} conversation={conversation} />
      <Whispers whispers={state.whispers[handoff.conversation_id] ?? []} />
      {mine ? (
        <Reply session={session} handoff={handoff} advisor={state.me?.name ?? ''} hints={conversation?.hints ?? []} />
      ) : (
        <Shut>{handoff.state === 'wrap_up' ? desk.wrapped : handoff.state === 'active' ? together.reading : desk.notMine}</Shut>
      )}
    </>
  )
}

function Shut({ children }: { children: ReactNode }) {
  return <footer className="shut">{children}</footer>
}
