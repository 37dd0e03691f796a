import { DeleteOutlined, ThunderboltOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Popover } from 'antd'
import { useState, useSyncExternalStore } from 'react'
import { matching, readSnippets, type Snippet } from '../protocol/snippets'
import { Store } from '../protocol/store'
import { storage } from '../ui/browser'
import { desk } from '../ui/messages.zh'
import { snippets as words } from '../ui/work.zh'
import { needed } from './Dialogs'
import { type DeskSession } from './session'

const OWN = 'desk.snippets'
const own = new Store<Snippet[], Snippet[]>(readSnippets(storage.get(OWN)), (_, list) => list)

function keep(list: Snippet[]): void {
  storage.set(OWN, JSON.stringify(list))
  own.dispatch(list)
}

/** The team's and one's own. */
export function useSnippets(session: DeskSession): Snippet[] {
  const mine = useSyncExternalStore(own.watch, own.read)
  const { data } = useQuery({ queryKey: ['snippets'], queryFn: () => session.read<{ snippets: Snippet[] }>('/api/desk/snippets'), staleTime: Infinity })
  return [...mine, ...(data?.snippets ?? [])]
}

interface Props {
  session: DeskSession
  draft: string
  onUse: (snippet: Snippet) => void
}

export function SnippetButton({ session, draft, onUse }: Props) {
  const all = useSnippets(session)
  const [open, setOpen] = useState(false)
  const [adding, setAdding] = useState(false)
  const [search, setSearch] = useState('')
  const use = (snippet: Snippet) => {
    setOpen(false)
    onUse(snippet)
  }
  return (
    <>
      <Popover
        trigger="click"
        placement="topLeft"
        open={open}
        onOpenChange={setOpen}
        content={
          <div className="snippets">
            <Input autoFocus value={search} placeholder={words.lead} aria-label={words.open} onChange={(event) => setSearch(event.target.value)} onPressEnter={() => matching(all, search)[0] && use(matching(all, search)[0]!)} />
            <SnippetList snippets={matching(all, search.toLowerCase())} onUse={use} removable />
            <Button type="link" size="small" onClick={() => setAdding(true)}>{words.add}</Button>
          </div>
        }
      >
        <Button id="snippets" type="text" icon={<ThunderboltOutlined />} aria-label={words.open} title={words.open} />
      </Popover>
      {adding && <Adding text={draft} onClose={() => setAdding(false)} />}
    </>
  )
}

export function SnippetList({ snippets, onUse, active, removable }: { snippets: Snippet[]; onUse: (snippet: Snippet) => void; active?: number; removable?: boolean }) {
  if (snippets.length === 0) return <p className="quiet-text snippet-none">{words.none}</p>
  const mine = own.read()
  return (
    <ul className="snippet-list" data-testid="snippets">
      {snippets.map((one, index) => (
        <li key={one.key + one.title} className={index === active ? 'snippet-on' : undefined}>
          <button type="button" aria-current={index === active} onMouseDown={(event) => event.preventDefault()} onClick={() => onUse(one)}>
            <kbd>{one.key}</kbd>
            <b>{one.title}</b>
            <span>{one.text}</span>
          </button>
          {removable && mine.includes(one) && (
            <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={words.remove(one.title)} onClick={() => keep(mine.filter((other) => other !== one))} />
          )}
        </li>
      ))}
    </ul>
  )
}

function Adding({ text, onClose }: { text: string; onClose: () => void }) {
  const [form] = Form.useForm<Snippet>()
  const save = (snippet: Snippet) => {
    keep([snippet, ...own.read().filter(({ key }) => key !== snippet.key)])
    onClose()
  }
  return (
    <Modal open title={words.addTitle} okText={words.save} cancelText={desk.cancel} onCancel={onClose} onOk={() => form.submit()} width={460}>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ text }} onFinish={save}>
        <Form.Item name="key" label={words.key} rules={needed(words.needed)}><Input maxLength={12} /></Form.Item>
        <Form.Item name="title" label={words.title} rules={needed(words.needed)}><Input maxLength={20} /></Form.Item>
        <Form.Item name="text" label={words.text} rules={needed(words.needed)} extra={words.hint}><Input.TextArea rows={4} maxLength={1000} /></Form.Item>
      </Form>
    </Modal>
  )
}
