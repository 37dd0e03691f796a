/** What the desk says by itself: a toast, a sound, the page's title. */

import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { type SlaAlert } from '../protocol/alerts'
import { type DeskState } from '../protocol/desk'
import { desk } from '../ui/messages.zh'
import { together } from '../ui/together.zh'
import { alerts as words } from '../ui/wall.zh'
import { ring } from './bell'

/** Says why an offer went away, when it was not one's own doing. */
export function useGoneNotice(gone: DeskState['gone']): void {
  const { message } = App.useApp()
  useEffect(() => {
    if (gone?.why === 'expired' || gone?.why === 'withdrawn') void message.info(desk.goneTitle[gone.why])
  }, [gone, message])
}

/** Says how an invitation that one has made was answered. */
export function useAnswerNotice(answered: DeskState['answered']): void {
  const { message } = App.useApp()
  useEffect(() => {
    const words = answered && together.answered[answered.state]
    if (answered && words) void message.info(words(answered.advisor.name, answered.why))
  }, [answered, message])
}

/** Sound once for each new offer, and the title as long as one waits. */
export function useOfferAlert(ids: string[], sound: boolean): void {
  const heard = useRef<ReadonlySet<string>>(new Set())
  const joined = ids.join(' ')
  useEffect(() => {
    const now = joined ? joined.split(' ') : []
    if (sound && now.some((id) => !heard.current.has(id))) ring()
    heard.current = new Set(now)
    document.title = now.length > 0 ? desk.titleOffer(now.length) : desk.title
  }, [joined, sound])
}

/** Tells a supervisor of a promise that has just been broken; what stood there when the page was opened is on the wall. */
export function useSlaNotice(alerts: readonly SlaAlert[]): void {
  const { message } = App.useApp()
  const told = useRef<ReadonlySet<string> | null>(null)
  useEffect(() => {
    const fresh = told.current ? alerts.filter(({ id }) => !told.current?.has(id)) : []
    for (const { client, words: what } of fresh) void message.warning(words.arrived(client.name, what))
    if (fresh.length > 0) ring()
    told.current = new Set(alerts.map(({ id }) => id))
  }, [alerts, message])
}
