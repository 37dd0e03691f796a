/** Promises to clients that were not kept, told to supervisors until somebody has taken note. */

import { type HandoffState, type Person } from './types'

export interface SlaAlert {
  id: string
  handoff_id: string
  conversation_id: string
  client: Person
  topic: string
  state: HandoffState
  promise: string
  words: string
  due_at: string
  at: string
  seen_by: string | null
  seen_at: string | null
}

export interface AlertFrame {
  type: 'alert.sla'
  alert: SlaAlert
}

/** The newest first, each once; those that were taken note of are gone. */
export function alerted(list: readonly SlaAlert[], alert: SlaAlert): SlaAlert[] {
  const rest = list.filter(({ id }) => id !== alert.id)
  return alert.seen_at ? rest : [alert, ...rest]
}
