/** What people do together in a conversation, and what supervisors do; each says to the person what went wrong. */

import { App } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Handoff } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { type DeskSession } from './session'

/** `post` gives whether it was done; the handoff in the answer is taken over. */
export function usePost(session: DeskSession) {
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const post = async (path: string, body: object = {}): Promise<boolean> => {
    setBusy(true)
    try {
      await session.post(path, body)
      return true
    } catch (error) {
      const problem = error instanceof Problem ? error : null
      if (problem?.final) void session.refresh()
      void message.error(problem?.detail || desk.failed)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { post, busy }
}

export const ofHandoff = (handoff: Handoff, verb: string) => `/api/desk/handoffs/${encodeURIComponent(handoff.id)}/${verb}`
export const ofInvite = (id: string, verb: string) => `/api/desk/invites/${encodeURIComponent(id)}/${verb}`
