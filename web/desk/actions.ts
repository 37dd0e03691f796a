import { App } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { type Handoff } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { type DeskSession, type Verb } from './session'

/** Transitions, with what went wrong said to the person. `run` gives whether it was done. */
export function useActions(session: DeskSession) {
  const { message } = App.useApp()
  const [busy, setBusy] = useState<Verb | null>(null)
  const run = async (handoff: Handoff, verb: Verb, body: object = {}): Promise<boolean> => {
    setBusy(verb)
    try {
      await session.act(handoff, verb, body)
      return true
    } catch (error) {
      const problem = error instanceof Problem ? error : null
      if (problem?.status === 409) void message.warning(desk.conflict)
      else void message.error(problem?.detail || desk.failed)
      return false
    } finally {
      setBusy(null)
    }
  }
  return { run, busy }
}
