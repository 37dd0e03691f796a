import { SendOutlined } from '@ant-design/icons'
import { Alert, App, Button, Input } from 'antd'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Problem } from '../protocol/http'
import { matching, type Snippet, wanted, withSnippet } from '../protocol/snippets'
import { type Finding, type Handoff, type Hint } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { addToDraft, draftOf, setDraft, useDraft } from './drafts'
import { useKeys } from './hooks'
import { SnippetButton, SnippetList, useSnippets } from './Snippets'
import { type DeskSession } from './session'

interface Props {
  session: DeskSession
  handoff: Handoff
  advisor: string
  hints: Hint[]
}

const TYPING_EVERY_MS = 3_000
const MOST_OFFERED = 6

export function Reply({ session, handoff, advisor, hints }: Props) {
  const { conversation_id: conversationId, client } = handoff
  const { message } = App.useApp()
  const draft = useDraft(conversationId)
  const [findings, setFindings] = useState<Finding[]>([])
  const typed = useRef(0)
  const word = wanted(draft)
  const snippets = useSnippets(session)
  const offered = word === null ? [] : matching(snippets, word).slice(0, MOST_OFFERED)
  const [at, setAt] = useState(0)
  const picked = Math.min(at, offered.length - 1)
  const usable = hints.filter((hint) => hint.kind !== 'compliance' || hint.send)
  useKeys(Object.fromEntries(usable.slice(0, 3).map((hint, index) => [String(index + 1), () => use(hint)])))

  const use = (hint: Hint) => addToDraft(conversationId, hint.send || hint.text)

  const insert = (snippet: Snippet) => {
    setDraft(conversationId, withSnippet(draft, snippet, { name: client.name, advisor }))
    setAt(0)
    document.getElementById('draft')?.focus()
  }

  const send = async () => {
    const text = draft.trim()
    if (!text) return
    setDraft(conversationId, '')
    setFindings([])
    try {
      await session.say(conversationId, text)
    } catch (error) {
      // Judged against: the words come back, unless something new was begun meanwhile.
      if (!draftOf(conversationId)) setDraft(conversationId, text)
      if (!(error instanceof Problem)) return
      if (error.code === 'wording_refused') setFindings(error.findings)
      else void message.error(error.status === 409 ? desk.notOwner : error.detail || desk.failed)
    }
  }
  const onKey = (event: KeyboardEvent) => {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229
    const chosen = offered[picked]
    if (chosen && !composing && ['ArrowDown', 'ArrowUp', 'Tab', 'Enter'].includes(event.key) && !event.shiftKey) {
      event.preventDefault()
      if (event.key === 'ArrowDown') setAt((picked + 1) % offered.length)
      else if (event.key === 'ArrowUp') setAt((picked + offered.length - 1) % offered.length)
      else insert(chosen)
      return
    }
    if (event.key !== 'Enter' || event.shiftKey || composing) return
    event.preventDefault()
    void send()
  }
  const onChange = (text: string) => {
    setDraft(conversationId, text)
    if (Date.now() - typed.current < TYPING_EVERY_MS) return
    typed.current = Date.now()
    session.typing(conversationId)
  }
  const replace = ({ words, instead }: Finding) => {
    setDraft(conversationId, draft.replace(words, instead))
    setFindings(findings.filter((one) => one.words !== words))
  }
  return (
    <footer className="reply">
      {hints.length > 0 && (
        <ul className="hints" aria-label={desk.hints} data-testid="hints">
          {hints.map((hint, index) => (
            <li key={`${hint.kind}${index}`} className={`hint hint-${hint.kind}`}>
              <span className="hint-kind">{desk.hintKind[hint.kind] ?? desk.hint}</span>
              <p title={hint.send ?? hint.text}>{hint.text}</p>
              {usable.includes(hint) && <Button size="small" type="link" onClick={() => use(hint)}>{desk.use}</Button>}
            </li>
          ))}
        </ul>
      )}
      {findings.length > 0 && (
        <Alert
          type="error"
          showIcon
          role="alert"
          data-testid="findings"
          title={desk.refusedWords}
          description={findings.map((finding) => (
            <div key={finding.words} className="finding">
              <span>{desk.finding(finding.words, finding.rule)}</span>
              {finding.instead && (
                <Button size="small" type="link" onClick={() => replace(finding)}>{desk.instead(finding.instead)}</Button>
              )}
            </div>
          ))}
        />
      )}
      {offered.length > 0 && <div className="snippet-inline"><SnippetList snippets={offered} onUse={insert} active={picked} /></div>}
      <div className="reply-box">
        <SnippetButton session={session} draft={draft} onUse={insert} />
        <Input.TextArea
          id="draft"
          variant="borderless"
          autoSize={{ minRows: 2, maxRows: 8 }}
          value={draft}
          aria-label={desk.draft}
          placeholder={desk.draftHint}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKey}
        />
        <Button type="primary" icon={<SendOutlined />} disabled={!draft.trim()} onClick={() => void send()}>{desk.send}</Button>
      </div>
    </footer>
  )
}
