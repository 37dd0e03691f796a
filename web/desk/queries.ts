import { queryOptions } from '@tanstack/react-query'
import { type Handoff } from '../protocol/types'
import { type DeskSession } from './session'

/** A handoff's own page. It is read again when the handoff changed hands, and when messages turned out to be missing. */
export function detailQuery(session: DeskSession, handoff: Handoff, stale: boolean) {
  return queryOptions({
    queryKey: ['handoff', handoff.id, handoff.state, handoff.owner?.id, handoff.guests?.map(({ id, state }) => id + state).join(), stale],
    queryFn: () => session.detail(handoff.id),
    placeholderData: (before) => before,
  })
}
