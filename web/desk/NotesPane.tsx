import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Person } from '../protocol/types'
import { newId } from '../ui/browser'
import { clock, day } from '../ui/format'
import { notes as words } from '../ui/work.zh'
import { setDraft, useDraft } from './drafts'
import { type DeskSession } from './session'

interface Note {
  id: string
  text: string
  at: string
  author: Person
}

/** What colleagues should know of the client next time; what is begun outlives a reload. */
export function NotesPane({ session, clientId }: { session: DeskSession; clientId: string }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const path = `/api/desk/clients/${encodeURIComponent(clientId)}/notes`
  const key = `note-${clientId}`
  const text = useDraft(key)
  const [busy, setBusy] = useState(false)
  const { data } = useQuery({ queryKey: ['notes', clientId], queryFn: () => session.read<{ notes: Note[] }>(path), staleTime: 0 })
  const save = async () => {
    setBusy(true)
    try {
      await session.ask(path, { id: newId(), text: text.trim() })
      setDraft(key, '')
      await queries.invalidateQueries({ queryKey: ['notes', clientId] })
    } catch (error) {
      void message.error((error instanceof Problem && error.detail) || words.failed)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="brief" data-testid="notes">
      <p className="quiet-text">{words.lead}</p>
      <Input.TextArea id="note" rows={3} maxLength={2000} value={text} aria-label={words.tab} placeholder={words.placeholder} onChange={(event) => setDraft(key, event.target.value)} />
      <Button className="note-save" type="primary" size="small" loading={busy} disabled={!text.trim()} onClick={() => void save()}>{words.save}</Button>
      {data?.notes.length === 0 && <p className="quiet-text">{words.none}</p>}
      <ul className="note-list">
        {data?.notes.map((one) => (
          <li key={one.id} data-testid="note">
            <p>{one.text}</p>
            <small>{words.by(one.author.name, `${day(one.at)} ${clock(one.at)}`)}</small>
          </li>
        ))}
      </ul>
    </div>
  )
}
