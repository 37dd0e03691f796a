import { Button } from 'antd'
import { type Notice } from '../protocol/notices'
import { clock, day } from '../ui/format'
import { desk } from '../ui/messages.zh'
import { type DeskSession } from './session'
import { usePost } from './together'

/** What the advisor should know of clients that are not in his conversations now. */
export function Notices({ session, notices }: { session: DeskSession; notices: readonly Notice[] }) {
  const { post, busy } = usePost(session)
  if (notices.length === 0) return null
  return (
    <section className="group" aria-label={desk.notices} data-testid="group-notices">
      <h2>
        {desk.notices}
        <b>{notices.length}</b>
      </h2>
      <ul aria-live="polite">
        {notices.map(({ id, client, text, at }) => (
          <li key={id} className="notice" data-testid="notice">
            <h3>
              {client.name}
              <time className="num" dateTime={at}>{`${day(at)} ${clock(at)}`}</time>
            </h3>
            <p>{text}</p>
            <Button
              size="small"
              type="link"
              disabled={busy}
              aria-label={desk.dismissOf(client.name)}
              onClick={() => void post(`/api/desk/notices/${encodeURIComponent(id)}/read`)}
            >
              {desk.dismiss}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
