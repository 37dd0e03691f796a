import { type Owner } from '../protocol/types'
import { MoreIcon, PersonIcon } from '../ui/icons'
import { chat, common } from '../ui/messages.zh'
import { sheet } from '../ui/settings.zh'

interface Props {
  owner: Owner
  large: boolean
  onLarge: () => void
  onMore: () => void
  onHuman: () => void
}

const asked = { bot: chat.human, queue: chat.humanAsked, advisor: chat.humanServing }
// Begins with the same words in every state, so that it is found by them.
const humanLabel = { bot: chat.human, queue: chat.humanState(chat.humanAsked), advisor: chat.humanState(chat.humanServing) }

export function Header({ owner, large, onLarge, onMore, onHuman }: Props) {
  const { advisor } = owner
  const status =
    owner.kind === 'queue' ? chat.queued : advisor ? chat.served(advisor.role, advisor.name) : chat.ai
  return (
    <header className="top" aria-label={chat.header}>
      <span className={`mark mark-${owner.kind}`} aria-hidden="true">
        {advisor ? advisor.name.slice(0, 1) : common.brand.slice(0, 1)}
      </span>
      <div className="top-words">
        <h1>{common.brand}</h1>
        <p data-testid="owner" data-owner={owner.kind} role="status">{status}</p>
      </div>
      <button
        type="button"
        className="quiet"
        aria-pressed={large}
        aria-label={chat.large}
        title={large ? chat.largeOff : chat.largeOn}
        data-testid="large"
        onClick={onLarge}
      >
        {chat.large}
      </button>
      <button type="button" className="quiet" aria-haspopup="dialog" aria-label={sheet.open} data-testid="more" onClick={onMore}>
        <MoreIcon />
      </button>
      <button type="button" className="human" data-testid="human" aria-label={humanLabel[owner.kind]} disabled={owner.kind !== 'bot'} onClick={onHuman}>
        {owner.kind === 'bot' && <PersonIcon />}
        {asked[owner.kind]}
      </button>
    </header>
  )
}
