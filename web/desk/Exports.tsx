import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { type ReactNode } from 'react'
import { type DeskState } from '../protocol/desk'
import { csvOf, type Export, type Fetched } from '../protocol/lists'
import { clock, day } from '../ui/format'
import { lists as words } from '../ui/lists.zh'
import { download, useAttempt } from './ask'
import { type DeskSession } from './session'

const DONE: Record<Export['state'], number> = { asked: 1, approved: 2, refused: 2, fetched: 3 }
const { columns } = words

/** Asked, approved, handed out: how far a list has come, in words for who does not see the dots. */
export function Steps({ one }: { one: Export }) {
  return (
    <span className={`steps steps-${one.state}`} data-testid="export-state" title={words.steps.join(' → ')}>
      {words.steps.map((step, at) => <i key={step} className={at < DONE[one.state] ? 'on' : ''} aria-hidden="true" />)}
      {words.state[one.state]}
    </span>
  )
}

export function exportColumns(state: DeskState, act: (one: Export) => ReactNode) {
  const name = (id: string) => state.colleagues.find((one) => one.id === id)?.name ?? id
  const at = (time: string) => `${day(time)} ${clock(time)}`
  return [
    { title: columns.query, render: (_: unknown, one: Export) => <b>{one.query}</b> },
    { title: columns.purpose, render: (_: unknown, one: Export) => one.purpose },
    { title: columns.count, align: 'right' as const, render: (_: unknown, one: Export) => <span className="num">{one.count}</span> },
    { title: columns.asked, render: (_: unknown, one: Export) => <span className="num">{words.by(name(one.asked_by), at(one.asked_at))}</span> },
    { title: columns.decided, render: (_: unknown, one: Export) => <span className="num">{one.decided_by && one.decided_at ? words.by(name(one.decided_by), at(one.decided_at)) : ''}</span> },
    { title: columns.state, render: (_: unknown, one: Export) => act(one) },
  ]
}

/** A list is handed out once, so one is asked first. */
export function useFetchList(session: DeskSession) {
  const { message, modal } = App.useApp()
  const client = useQueryClient()
  const { attempt, busy } = useAttempt()
  const take = (one: Export) =>
    attempt(async () => {
      const list = await session.ask<Fetched>(`/api/desk/exports/${encodeURIComponent(one.id)}/fetch`, {})
      download(words.file(one.id.slice(0, 8)), csvOf(list, words.head))
      void message.success(words.fetched)
      await client.invalidateQueries({ queryKey: ['read'] })
    })
  const ask = (one: Export) => void modal.confirm({ title: words.fetchAsk, okText: words.fetch, cancelText: words.cancel, onOk: () => take(one).then(() => undefined) })
  return { ask, busy }
}
