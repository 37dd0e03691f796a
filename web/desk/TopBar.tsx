import { BellOutlined, MoonOutlined, QuestionCircleOutlined, SunOutlined, DesktopOutlined, MutedOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Dropdown, Segmented, Tooltip } from 'antd'
import { type ReactNode, useState } from 'react'
import { type Colleague, type Presence } from '../protocol/types'
import { common, desk } from '../ui/messages.zh'
import { type Look } from './App'
import { Password } from './Password'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  me: Colleague | null
  look: Look
  onLook: (look: Look) => void
  sound: 'on' | 'off'
  onSound: (sound: 'on' | 'off') => void
  onHelp: () => void
  children: ReactNode
}

const NEXT: Record<Look, Look> = { system: 'light', light: 'dark', dark: 'system' }
const LOOKS = { system: <DesktopOutlined />, light: <SunOutlined />, dark: <MoonOutlined /> }
const STATES: Presence[] = ['online', 'busy', 'offline']

export function TopBar({ session, me, look, onLook, sound, onSound, onHelp, children }: Props) {
  const { message } = App.useApp()
  const [asking, setAsking] = useState(false)
  const attempt = (action: Promise<void>) => void action.catch(() => message.error(desk.failed))
  // Staff who take no conversations are no colleague of the queue's; their name is asked for.
  const { data: other } = useQuery({ queryKey: ['me'], queryFn: () => session.whoAmI(), enabled: me === null, gcTime: 0 })
  const who = me ?? other
  const soundLabel = sound === 'on' ? desk.soundOn : desk.soundOff
  return (
    <header className="bar">
      <span className="brand-mark" aria-hidden="true">{common.brand.slice(0, 1)}</span>
      <h1>{common.brand}</h1>
      <nav className="bar-tabs">{children}</nav>
      {me && <PresenceSwitch presence={me.presence} onChange={(presence) => attempt(session.presence(presence))} />}
      <Tooltip title={soundLabel}>
        <Button
          type="text"
          aria-label={soundLabel}
          icon={sound === 'on' ? <BellOutlined /> : <MutedOutlined />}
          onClick={() => onSound(sound === 'on' ? 'off' : 'on')}
        />
      </Tooltip>
      <Tooltip title={desk.theme[look]}>
        <Button type="text" aria-label={desk.theme[look]} icon={LOOKS[look]} onClick={() => onLook(NEXT[look])} />
      </Tooltip>
      <Tooltip title={desk.help}>
        <Button type="text" aria-label={desk.help} icon={<QuestionCircleOutlined />} onClick={onHelp} />
      </Tooltip>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [{ key: 'password', label: desk.setPassword }, { key: 'out', label: desk.signOut }],
          onClick: ({ key }) => (key === 'out' ? attempt(session.signOut()) : setAsking(true)),
        }}
      >
        <Button type="text" className="me" data-testid="me">
          <span className="avatar" aria-hidden="true">{who?.name.slice(0, 1)}</span>
          <span>{who?.name}</span>
          <small>{who?.role}</small>
        </Button>
      </Dropdown>
      {asking && <Password session={session} onClose={() => setAsking(false)} />}
    </header>
  )
}

function PresenceSwitch({ presence, onChange }: { presence: Presence; onChange: (presence: Presence) => void }) {
  return (
    <Segmented<Presence>
      className="presence-switch"
      aria-label={desk.presenceLabel}
      data-testid="presence"
      value={presence}
      onChange={onChange}
      options={STATES.map((value) => ({
        value,
        label: <span className={`presence presence-${value}`}>{desk.presence[value]}</span>,
      }))}
    />
  )
}
