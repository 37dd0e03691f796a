import { useQuery } from '@tanstack/react-query'
import { App, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Slot } from '../protocol/appointments'
import { type Handoff } from '../protocol/types'
import { TOPICS } from '../protocol/words'
import { desk } from '../ui/messages.zh'
import { appointment as words } from '../ui/work.zh'
import { Ask, needed } from './Dialogs'
import { type DeskSession } from './session'

/** A time with an expert for the client who is being served. */
export function AppointDialog({ session, handoff, onClose }: { session: DeskSession; handoff: Handoff; onClose: () => void }) {
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const [topic, setTopic] = useState(handoff.topic)
  const path = `/api/desk/conversations/${encodeURIComponent(handoff.conversation_id)}`
  const { data, isLoading } = useQuery({
    queryKey: ['slots', handoff.id, topic],
    queryFn: () => session.read<{ slots: Slot[] }>(`${path}/slots?topic=${encodeURIComponent(topic)}`),
    staleTime: 0,
  })
  const slots = data?.slots ?? []
  const keyOf = ({ advisor, at }: Slot) => `${advisor.id} ${at}`
  const submit = async (values: Record<string, unknown>) => {
    const slot = slots.find((one) => keyOf(one) === values.slot)
    if (!slot) return
    setBusy(true)
    try {
      await session.ask(`${path}/appointments`, { topic, text: values.note ?? '', slot: { advisor_id: slot.advisor.id, at: slot.at } })
      void message.success(words.done)
      onClose()
    } catch (error) {
      void message.error((error instanceof Problem && error.detail) || desk.failed)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Ask busy={busy} onClose={onClose} title={words.title} action={words.submit} onSubmit={submit}>
      <p className="quiet-text">{words.lead}</p>
      <Form.Item label={words.topic}>
        <Select showSearch aria-label={words.topic} value={topic} onChange={setTopic} options={TOPICS.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="slot" label={words.slot} rules={needed(words.slotNeeded)} preserve={false} key={topic}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          loading={isLoading}
          notFoundContent={words.none}
          options={slots.map((one) => ({ value: keyOf(one), label: `${one.words} · ${one.advisor.name} ${one.advisor.role}` }))}
        />
      </Form.Item>
      <Form.Item name="note" label={words.note}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </Ask>
  )
}
