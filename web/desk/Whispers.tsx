import { type Whisper } from '../protocol/together'
import { clock } from '../ui/format'
import { together } from '../ui/together.zh'

const SHOWN = 3

/** What a supervisor told the owner; the client never sees it. */
export function Whispers({ whispers }: { whispers: readonly Whisper[] }) {
  if (whispers.length === 0) return null
  return (
    <ul className="whispers" role="status" aria-label={together.whispers} data-testid="whispers">
      {whispers.slice(-SHOWN).map((one) => (
        <li key={one.id}>
          <b>{together.whispers}</b>
          <span>{one.text}</span>
          <small>{together.whisperFrom(one.from.name, clock(one.at))}</small>
        </li>
      ))}
    </ul>
  )
}
