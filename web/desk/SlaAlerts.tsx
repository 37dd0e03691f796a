import { Button } from 'antd'
import { type SlaAlert } from '../protocol/alerts'
import { clock } from '../ui/format'
import { alerts as words } from '../ui/wall.zh'
import { type DeskSession } from './session'

const SHOWN = 5

/** Promises to clients that were not kept, until a supervisor has taken note. */
export function SlaAlerts({ session, alerts, onOpen }: { session: DeskSession; alerts: readonly SlaAlert[]; onOpen: (id: string) => void }) {
  if (alerts.length === 0) return null
  return (
    <section className="sla" role="status" aria-label={words.title} data-testid="sla">
      <h2>{`${words.title} ${alerts.length}`}</h2>
      <ul>
        {alerts.slice(0, SHOWN).map((one) => (
          <li key={one.id}>
            <b>{one.client.name}</b>
            <span>{`${one.topic} · ${one.words}`}</span>
            <time dateTime={one.due_at}>{words.late(clock(one.due_at))}</time>
            <Button size="small" type="link" onClick={() => onOpen(one.handoff_id)}>{words.open}</Button>
            <Button size="small" onClick={() => void session.alertSeen(one.id).catch(() => undefined)}>{words.seen}</Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
