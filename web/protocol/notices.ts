/** What an advisor is told beside the conversations that he serves, until he dismisses it: docs/protocol.md. */

export interface Notice {
  id: string
  kind: string
  client: { id: string; name: string }
  text: string
  at: string
}

export type NoticeFrame = { type: 'notice'; notice: Notice } | { type: 'notice.read'; notice_id: string }

/** The newest first, each once. */
export function noticed(notices: readonly Notice[], frame: NoticeFrame): Notice[] {
  if (frame.type === 'notice.read') return notices.filter(({ id }) => id !== frame.notice_id)
  return [frame.notice, ...notices.filter(({ id }) => id !== frame.notice.id)]
}
