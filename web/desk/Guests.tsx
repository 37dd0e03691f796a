import { App, Button } from 'antd'
import { type DeskState } from '../protocol/desk'
import { visit } from '../protocol/handoffs'
import { type Guest } from '../protocol/together'
import { type Handoff } from '../protocol/types'
import { SUPERVISOR } from '../protocol/words'
import { desk } from '../ui/messages.zh'
import { together } from '../ui/together.zh'
import { type Dialog } from './Dialogs'
import { type DeskSession } from './session'
import { ofHandoff, ofInvite, usePost } from './together'

interface Props {
  session: DeskSession
  state: DeskState
  handoff: Handoff
  onDialog: (dialog: Dialog) => void
}

/** Who takes part beside the owner. */
export function Guests({ session, state, handoff }: Omit<Props, 'onDialog'>) {
  const { post, busy } = usePost(session)
  const guests = handoff.guests ?? []
  if (guests.length === 0) return null
  const mayEnd = handoff.owner?.id === state.me?.id
  return (
    <ul className="guests" data-testid="guests">
      {guests.map((guest) => (
        <li key={guest.invite_id} className={`guest guest-${guest.kind}`}>
          <span>{words(guest)}</span>
          {mayEnd && guest.kind === 'expert' && (
            <Button size="small" type="link" disabled={busy} onClick={() => void post(ofInvite(guest.invite_id, 'end'))}>{together.release}</Button>
          )}
        </li>
      ))}
    </ul>
  )
}

function words(guest: Guest): string {
  if (guest.kind === 'listener') return together.listening(guest.name)
  return `${guest.role} ${guest.name} · ${together.guest[guest.state]}`
}

/** What one may do in a conversation that somebody else owns: as an invited expert, as a supervisor. */
export function GuestControls({ session, state, handoff, onDialog }: Props) {
  const { post, busy } = usePost(session)
  const { modal } = App.useApp()
  const me = state.me?.id
  const own = visit(handoff, me)
  const supervises = state.me?.role === SUPERVISOR
  const listens = visit(handoff, me, 'listener') !== undefined
  const takeOver = () =>
    modal.confirm({
      title: together.takeOver, content: together.takeOverAsk(handoff.client.name), okText: together.takeOver, cancelText: desk.cancel,
      onOk: () => post(ofHandoff(handoff, 'take-over'), { version: handoff.version }),
    })
  if (!own && !supervises) return null
  return (
    <div className="controls">
      {own?.state === 'offered' && (
        <>
          <Button disabled={busy} onClick={() => void post(ofInvite(own.invite_id, 'decline'))}>{together.declineInvite}</Button>
          <Button type="primary" disabled={busy} onClick={() => void post(ofInvite(own.invite_id, 'accept'))}>{together.join}</Button>
        </>
      )}
      {own?.state === 'joined' && <Button disabled={busy} onClick={() => void post(ofInvite(own.invite_id, 'end'))}>{together.leave}</Button>}
      {supervises && handoff.state === 'active' && (
        <>
          <Button disabled={busy} onClick={() => void post(ofHandoff(handoff, 'listen'), { on: !listens })}>
            {listens ? together.unlisten : together.listen}
          </Button>
          <Button onClick={() => onDialog({ kind: 'whisper', handoff })}>{together.whisper}</Button>
        </>
      )}
      {supervises && (
        <>
          <Button onClick={() => onDialog({ kind: 'transfer', handoff })}>{together.assign}</Button>
          <Button type="primary" disabled={busy} onClick={takeOver}>{together.takeOver}</Button>
        </>
      )}
    </div>
  )
}
