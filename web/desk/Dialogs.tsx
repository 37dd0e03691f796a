import { Form, Input, Modal, Radio, Segmented, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { type DeskState } from '../protocol/desk'
import { type Handoff } from '../protocol/types'
import { TOPICS } from '../protocol/words'
import { desk } from '../ui/messages.zh'
import { returning } from '../ui/work.zh'
import { useActions } from './actions'
import { AppointDialog } from './AppointDialog'
import { InviteDialog, WhisperDialog } from './TogetherDialogs'
import { type DeskSession, type Verb } from './session'

export type Dialog = { kind: 'decline' | 'transfer' | 'return' | 'close' | 'invite' | 'whisper' | 'appoint'; handoff: Handoff } | { kind: 'help' }

interface Props {
  session: DeskSession
  state: DeskState
  dialog: Dialog | null
  onClose: () => void
}

type Values = Record<string, unknown>
const options = (values: readonly string[]) => values.map((value) => ({ value, label: value }))
export const needed = (message: string) => [{ required: true, whitespace: true, message }]

export function Dialogs({ session, state, dialog, onClose }: Props) {
  const { run, busy } = useActions(session)
  if (!dialog) return null
  if (dialog.kind === 'help') return <Help onClose={onClose} />
  const { handoff } = dialog
  const submit = async (verb: Verb, body: object) => {
    if (await run(handoff, verb, body)) onClose()
  }
  const shared = { busy: busy !== null, onClose }
  switch (dialog.kind) {
    case 'invite':
      return <InviteDialog session={session} state={state} handoff={handoff} onClose={onClose} />
    case 'appoint':
      return <AppointDialog session={session} handoff={handoff} onClose={onClose} />
    case 'whisper':
      return <WhisperDialog session={session} handoff={handoff} onClose={onClose} />
    case 'decline':
      return (
        <Ask {...shared} title={desk.declineTitle} action={desk.decline} onSubmit={(v) => submit('decline', v)}>
          <Form.Item name="reason" label={desk.reason} rules={[{ required: true, message: desk.reasonNeeded }]}>
            <Radio.Group className="stacked" options={options(desk.declineReasons)} />
          </Form.Item>
        </Ask>
      )
    case 'transfer':
      return <Transfer {...shared} state={state} onSubmit={(body) => submit('transfer', body)} />
    case 'return':
      return (
        <Ask {...shared} title={desk.returnTitle} action={desk.giveBack} onSubmit={(v) => submit('return', v)}>
          <p className="quiet-text">{desk.returnText}</p>
          <Form.Item name="note" label={returning.note} extra={returning.hint} rules={needed(returning.needed)}>
            <Input.TextArea rows={3} />
          </Form.Item>
        </Ask>
      )
    case 'close':
      return (
        <Ask
          {...shared}
          title={desk.closeTitle}
          action={desk.close}
          first={{ outcome: 'solved', note: '', tags: [] }}
          onSubmit={(v) => submit('close', v)}
        >
          <Form.Item name="outcome" label={desk.outcome}>
            <Radio.Group
              optionType="button"
              options={Object.entries(desk.outcomes).map(([value, label]) => ({ value, label }))}
            />
          </Form.Item>
          <Form.Item name="note" label={desk.note}>
            <Input.TextArea rows={3} />
          </Form.Item>
          <Form.Item name="tags" label={desk.tags}>
            <Select mode="tags" options={options(desk.tagChoices)} aria-label={desk.tags} />
          </Form.Item>
        </Ask>
      )
  }
}

function Transfer({ state, busy, onClose, onSubmit }: { state: DeskState; busy: boolean; onClose: () => void; onSubmit: (body: object) => Promise<void> }) {
  const [way, setWay] = useState<'person' | 'topic'>('person')
  const people = state.colleagues.filter((one) => one.id !== state.me?.id && one.presence !== 'offline')
  const submit = ({ to = null, topic = null, note }: Values) => onSubmit({ to: way === 'person' ? to : null, topic: way === 'topic' ? topic : null, note })
  return (
    <Ask busy={busy} onClose={onClose} title={desk.transferTitle} action={desk.transfer} onSubmit={submit}>
      <Form.Item label={desk.transferTo}>
        <Segmented
          block
          value={way}
          onChange={(value) => setWay(value as typeof way)}
          options={[{ value: 'person', label: desk.transferPerson }, { value: 'topic', label: desk.transferTopic }]}
        />
      </Form.Item>
      {way === 'person' ? (
        <Form.Item name="to" label={desk.colleague} rules={needed(desk.colleagueNeeded)}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={people.map((one) => ({
              value: one.id,
              label: `${one.name} · ${one.role} · ${desk.presence[one.presence]} ${one.load}/${one.capacity}`,
            }))}
          />
        </Form.Item>
      ) : (
        <Form.Item name="topic" label={desk.topic} rules={needed(desk.topicNeeded)}>
          <Select showSearch options={options(TOPICS)} />
        </Form.Item>
      )}
      <Note />
    </Ask>
  )
}

function Note() {
  return (
    <Form.Item name="note" label={desk.note} rules={needed(desk.noteNeeded)}>
      <Input.TextArea rows={3} />
    </Form.Item>
  )
}

interface AskProps {
  title: string
  action: string
  busy: boolean
  first?: Values
  onClose: () => void
  onSubmit: (values: Values) => Promise<void>
  children: ReactNode
}

export function Ask({ title, action, busy, first, onClose, onSubmit, children }: AskProps) {
  const [form] = Form.useForm<Values>()
  return (
    <Modal
      open
      title={title}
      okText={action}
      cancelText={desk.cancel}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => form.submit()}
      width={460}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={first} onFinish={(values) => void onSubmit(values)}>
        {children}
      </Form>
    </Modal>
  )
}

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Modal open title={desk.keysTitle} footer={null} onCancel={onClose} width={420}>
      <dl className="keys" data-testid="keys">
        {desk.keys.map(([keys, words]) => (
          <div key={keys}>
            <dt><kbd>{keys}</kbd></dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
