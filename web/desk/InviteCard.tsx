import { Button } from 'antd'
import { type Invite } from '../protocol/together'
import { together } from '../ui/together.zh'
import { Countdown } from './HandoffCard'
import { LevelTag } from './Marks'
import { type DeskSession } from './session'
import { ofInvite, usePost } from './together'

interface Props {
  session: DeskSession
  invite: Invite
  skew: number
  selected: boolean
  onPick: (id: string) => void
}

/** An invitation into a colleague's conversation. */
export function InviteCard({ session, invite, skew, selected, onPick }: Props) {
  const { post, busy } = usePost(session)
  const { handoff } = invite
  return (
    <li className={`item item-${handoff.level}${selected ? ' item-on' : ''}`} data-testid="invite" data-id={invite.id}>
      <button type="button" className="item-main" aria-current={selected} onClick={() => onPick(handoff.id)}>
        <span className="item-head">
          <b>{handoff.client.name}</b>
          <span className="item-topic">{handoff.topic}</span>
          <LevelTag level={handoff.level} priority={handoff.priority} />
        </span>
        <span className="item-why">{together.inviteFrom(invite.by.name)}</span>
        {invite.note && <span className="item-why">{invite.note}</span>}
      </button>
      {invite.state === 'offered' && (
        <div className="item-offer">
          {invite.expires_at && <Countdown until={invite.expires_at} skew={skew} />}
          <Button size="small" disabled={busy} onClick={() => void post(ofInvite(invite.id, 'decline'), { reason: '' })}>{together.declineInvite}</Button>
          <Button
            size="small"
            type="primary"
            disabled={busy}
            onClick={() => {
              onPick(handoff.id)
              void post(ofInvite(invite.id, 'accept'))
            }}
          >
            {together.join}
          </Button>
        </div>
      )}
    </li>
  )
}
