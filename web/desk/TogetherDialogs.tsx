import { App, Form, Input, Select } from 'antd'
import { type DeskState } from '../protocol/desk'
import { type Handoff } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { together } from '../ui/together.zh'
import { Ask, needed } from './Dialogs'
import { type DeskSession } from './session'
import { ofHandoff, usePost } from './together'

interface Props {
  session: DeskSession
  handoff: Handoff
  onClose: () => void
}

export function InviteDialog({ session, state, handoff, onClose }: Props & { state: DeskState }) {
  const { post, busy } = usePost(session)
  const there = new Set(handoff.guests?.map(({ id }) => id))
  const people = state.colleagues
    .filter((one) => one.id !== state.me?.id && one.presence !== 'offline' && !there.has(one.id))
    .sort((a, b) => (b.skills[handoff.topic] ?? 0) - (a.skills[handoff.topic] ?? 0))
  const submit = async (values: Record<string, unknown>) => {
    if (await post(ofHandoff(handoff, 'invite'), { ...values, version: handoff.version })) onClose()
  }
  return (
    <Ask busy={busy} onClose={onClose} title={together.inviteTitle} action={together.invite} onSubmit={submit}>
      <p className="quiet-text">{together.inviteText}</p>
      <Form.Item name="to" label={desk.colleague} rules={needed(desk.colleagueNeeded)}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={people.map((one) => ({
            value: one.id,
            label: [`${one.name} · ${one.role}`, skilled(one.skills, handoff.topic), `${one.load}/${one.capacity}`].join(' · '),
          }))}
        />
      </Form.Item>
      <Form.Item name="note" label={together.inviteNote} rules={needed(together.inviteNoteNeeded)}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
    </Ask>
  )
}

function skilled(skills: Record<string, number>, topic: string): string {
  const [best] = Object.entries(skills).sort(([, a], [, b]) => b - a)
  return topic in skills ? `${topic} ${skills[topic]}` : best ? best.join(' ') : desk.nobody
}

export function WhisperDialog({ session, handoff, onClose }: Props) {
  const { message } = App.useApp()
  const { post, busy } = usePost(session)
  const submit = async (values: Record<string, unknown>) => {
    if (!(await post(ofHandoff(handoff, 'whisper'), values))) return
    void message.success(together.whisperSent)
    onClose()
  }
  return (
    <Ask busy={busy} onClose={onClose} title={together.whisperTitle} action={together.whisper} onSubmit={submit}>
      <p className="quiet-text">{together.whisperText}</p>
      <Form.Item name="text" label={together.whisper} rules={needed(together.whisperNeeded)}>
        <Input.TextArea rows={3} maxLength={500} />
      </Form.Item>
    </Ask>
  )
}
