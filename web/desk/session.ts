/** The advisor's live desk: keeps the state true, carries out transitions, sends replies until they are confirmed. */

import { type DeskEvent, type DeskState, emptyDesk, reduceDesk } from '../protocol/desk'
import { type DeskFrame } from '../protocol/frames'
import { Problem } from '../protocol/http'
import { enqueue, type Outgoing, refuse, settle } from '../protocol/outbox'
import { type Link, LiveSocket, signInDoubtful, type SocketLike, type Timers } from '../protocol/socket'
import { Store } from '../protocol/store'
import { type DeskSnapshot, type Detail, type Handoff, type Message, type Presence } from '../protocol/types'
import { EXPERT } from '../protocol/words'

export interface Surroundings {
  call: <T>(method: 'GET' | 'POST', path: string, body?: object) => Promise<T>
  open: (address: string) => SocketLike
  address: (path: string, seen: { epoch: string; seq: number }) => string
  timers: Timers
  now: () => number
  random: () => number
  newId: () => string
  /** Calls back at this interval even while the page is in the background; returns how to stop it. */
  heartbeat: (callback: () => void, everyMs: number) => () => void
}

export type Verb = 'accept' | 'decline' | 'return' | 'close' | 'transfer' | 'done'
type Sending = Readonly<Record<string, Outgoing[]>>

const HEARTBEAT_MS = 20_000

export class DeskSession {
  readonly store = new Store<DeskState, DeskEvent>(emptyDesk, reduceDesk)
  readonly link = new Store<Link, Link>({ kind: 'connecting' }, (_, link) => link)
  readonly sending = new Store<Sending, [string, Outgoing[]]>({}, (all, [id, items]) => ({ ...all, [id]: items }))
  private readonly around: Surroundings
  private readonly socket: LiveSocket<DeskFrame>
  private stopHeartbeat: () => void = () => undefined
  private refreshing = false

  constructor(around: Surroundings) {
    this.around = around
    const { open, timers, random } = around
    this.socket = new LiveSocket<DeskFrame>({
      open, timers, random, pingMs: HEARTBEAT_MS,
      address: () => around.address('/api/desk/socket', this.store.read()),
      onFrame: (frame) => this.receive(frame),
      onLink: (link) => this.linked(link),
      onLost: (code, opened) => {
        if (signInDoubtful(code, opened)) void this.refresh()
      },
    })
  }

  async start(): Promise<void> {
    await this.refresh()
    if (this.store.read().phase !== 'ready') return
    this.socket.start()
    this.stopHeartbeat()
    this.stopHeartbeat = this.around.heartbeat(() => this.socket.ping(), HEARTBEAT_MS)
  }

  hurry(): void {
    this.socket.hurry()
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.around.call('POST', '/api/staff/sign-in', { name, password })
    await this.start()
  }

  whoAmI(): Promise<{ name: string; role: string }> {
    return this.around.call('GET', '/api/staff/me')
  }

  async signOut(): Promise<void> {
    await this.around.call('POST', '/api/staff/sign-out', {})
    this.signedOut()
  }

  async setPassword(password: string): Promise<void> {
    await this.around.call('POST', '/api/staff/password', { password })
  }

  async presence(presence: Presence): Promise<void> {
    await this.around.call('POST', '/api/desk/presence', { state: presence })
    this.store.dispatch({ type: 'presence', presence })
  }

  /** One transition of a handoff; after a conflict the lists are read afresh before the error is passed on. */
  async act(handoff: Handoff, verb: Verb, body: object = {}): Promise<void> {
    const path = `/api/desk/handoffs/${encodeURIComponent(handoff.id)}/${verb}`
    try {
      const said = await this.around.call<{ handoff: Handoff }>('POST', path, { version: handoff.version, ...body })
      this.store.dispatch({ type: 'handoff', handoff: said.handoff })
    } catch (error) {
      if (error instanceof Problem && error.final) await this.refresh()
      throw error
    }
  }

  /** Something done beside the transitions; the handoff in the answer, if there is one, is taken over. */
  async post(path: string, body: object): Promise<void> {
    const said = await this.around.call<{ handoff?: Handoff }>('POST', path, body)
    if (said.handoff) this.store.dispatch({ type: 'handoff', handoff: said.handoff })
  }

  read<T>(path: string): Promise<T> {
    return this.around.call<T>('GET', path)
  }

  ask<T>(path: string, body: object): Promise<T> {
    return this.around.call<T>('POST', path, body)
  }

  async detail(id: string): Promise<Detail> {
    const detail = await this.around.call<Detail>('GET', `/api/desk/handoffs/${encodeURIComponent(id)}`)
    this.store.dispatch({ type: 'detail', detail })
    return detail
  }

  /** Says something to the client. Rejects when the server has judged against it; silence keeps it for another try. */
  async say(conversationId: string, text: string): Promise<void> {
    const { newId, now } = this.around
    const id = newId()
    this.change(conversationId, (items) => enqueue(items, id, text, new Date(now()).toISOString()))
    await this.deliver(conversationId, id, text)
  }

  async sayAgain(conversationId: string, item: Outgoing): Promise<void> {
    this.change(conversationId, (items) => items.map((one) => (one.id === item.id ? { ...one, state: 'sending' } : one)))
    await this.deliver(conversationId, item.id, item.text)
  }

  typing(conversationId: string): void {
    this.socket.send({ type: 'typing', conversation_id: conversationId })
  }

  /** The owner has the messages before his eyes: the client may know. */
  seen(conversationId: string, seq: number): void {
    this.store.dispatch({ type: 'read', conversationId })
    this.socket.send({ type: 'read', conversation_id: conversationId, seq })
  }

  async refresh(): Promise<void> {
    if (this.refreshing) return
    this.refreshing = true
    try {
      const snapshot = await this.around.call<DeskSnapshot>('GET', '/api/desk/snapshot')
      this.store.dispatch({ type: 'snapshot', snapshot, now: this.around.now() })
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0
      if (status === 401 || status === 403) this.signedOut()
      else if (this.store.read().phase === 'loading') this.store.dispatch({ type: 'phase', phase: 'failed' })
    } finally {
      this.refreshing = false
    }
  }

  async alertSeen(id: string): Promise<void> {
    await this.around.call('POST', `/api/desk/alerts/${encodeURIComponent(id)}/seen`, {})
    this.store.dispatch({ type: 'alert.seen', id })
  }

  private async deliver(conversationId: string, id: string, text: string): Promise<void> {
    try {
      const path = `/api/desk/conversations/${encodeURIComponent(conversationId)}/messages`
      const said = await this.around.call<{ id: string; seq: number }>('POST', path, { id, text })
      this.store.dispatch({ type: 'said', message: this.message(conversationId, said.seq, id, text) })
      this.change(conversationId, (items) => settle(items, new Set([id])))
    } catch (error) {
      if (error instanceof Problem && error.final) {
        this.change(conversationId, (items) => settle(items, new Set([id])))
        throw error
      }
      this.change(conversationId, (items) => refuse(items, id, ''))
    }
  }

  /** Our copy of what was just stored, until its own frame comes. */
  private message(conversation_id: string, seq: number, id: string, text: string): Message {
    const { me, skew, conversations } = this.store.read()
    const known = conversations[conversation_id]?.messages.find((one) => one.seq === seq)
    if (known) return known
    const at = new Date(this.around.now() + skew).toISOString()
    const owned = this.store.read().active.some((one) => one.conversation_id === conversation_id && one.owner?.id === me?.id)
    const author = me?.role === EXPERT || !owned ? 'expert' : 'human'
    return {
      seq, id, conversation_id, author, author_id: me?.id ?? null, name: me?.name ?? null, text, card: null,
      quick_replies: [], channel: 'web', at,
    }
  }

  private receive(frame: DeskFrame): void {
    this.store.dispatch({ type: 'frame', frame, now: this.around.now() })
    if (this.store.read().stale) void this.refresh()
  }

  private linked(link: Link): void {
    this.link.dispatch(link)
    if (link.kind !== 'live') return
    for (const [id, items] of Object.entries(this.sending.read())) {
      for (const item of items) if (item.state === 'refused') void this.sayAgain(id, item).catch(() => undefined)
    }
  }

  private signedOut(): void {
    this.stopHeartbeat()
    this.socket.stop()
    this.store.dispatch({ type: 'phase', phase: 'signed-out' })
  }

  private change(id: string, by: (items: Outgoing[]) => Outgoing[]): void {
    this.sending.dispatch([id, by(this.sending.read()[id] ?? [])])
  }
}
