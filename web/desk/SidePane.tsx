import { Tabs } from 'antd'
import { useState } from 'react'
import { type DeskState } from '../protocol/desk'
import { type Handoff } from '../protocol/types'
import { profile as words } from '../ui/profile.zh'
import { BriefPane } from './BriefPane'
import { notes } from '../ui/work.zh'
import { NotesPane } from './NotesPane'
import { ProfilePane } from './ProfilePane'
import { type DeskSession } from './session'

interface Props { session: DeskSession; state: DeskState; handoff: Handoff; onClient: (clientId: string) => void }

/** Beside the talk: the brief of the case, and the client as a whole once the case is the reader's. */
export function SidePane({ session, state, handoff, onClient }: Props) {
  const [tab, setTab] = useState('brief')
  const brief = <BriefPane session={session} state={state} handoff={handoff} />
  if (handoff.state === 'waiting' || handoff.state === 'offered') return brief
  return (
    <Tabs
      className="side"
      size="small"
      activeKey={tab}
      onChange={setTab}
      aria-label={words.side}
      items={[
        { key: 'brief', label: words.brief, children: brief },
        { key: 'profile', label: words.tab, children: tab === 'profile' && <ProfilePane session={session} clientId={handoff.client.id} onWhole={() => onClient(handoff.client.id)} /> },
        { key: 'notes', label: notes.tab, children: tab === 'notes' && <NotesPane session={session} clientId={handoff.client.id} /> },
      ]}
    />
  )
}
