/** One client's live conversation: keeps the state true, sends what was written until it is confirmed. */

import { type ChatEvent, type ChatState, emptyChat, reduceChat } from '../protocol/chat'
import { type Appointments, type Booked, type Slot, type WayOut } from '../protocol/appointments'
import { Problem } from '../protocol/http'
import { due, hurry, type Outgoing, read } from '../protocol/outbox'
import { type Link, LiveSocket, signInDoubtful } from '../protocol/socket'
import { Store } from '../protocol/store'
import { type ChatFrame, type Message, type Waiting } from '../protocol/types'
import { snapshotOf, type Surroundings } from './surroundings'
import { Uploads } from './uploads'

const PING_MS = 25_000
const FLUSH_MS = 1_000
const TYPING_EVERY_MS = 3_000
const TYPING_SHOWN_MS = { bot: 20_000, advisor: 6_000 }
const OLDER = 50

export class ChatSession {
  readonly store = new Store<ChatState, ChatEvent>(emptyChat, reduceChat)
  readonly link = new Store<Link, Link>({ kind: 'connecting' }, (_, link) => link)
  readonly booked = new Store<Booked[], Booked[]>([], (_, booked) => booked)
  readonly uploads: Uploads
  private readonly around: Surroundings
  private readonly socket: LiveSocket<ChatFrame>
  private flushing = false
  private refreshing = false
  private loadingOlder = false
  private typed = -TYPING_EVERY_MS
  private quiet: unknown = null
  private flushTimer: unknown = null

  constructor(around: Surroundings) {
    this.around = around
    const { open, timers, random, newId, carrier } = around
    this.uploads = new Uploads({ newId, ...carrier })
    this.socket = new LiveSocket<ChatFrame>({
      open, timers, random, pingMs: PING_MS,
      address: () => around.address('/api/chat/socket', this.store.read()),
      onFrame: (frame) => this.receive(frame),
      onLink: (link) => this.linked(link),
      onLost: (code, opened) => {
        if (signInDoubtful(code, opened)) void this.refresh()
      },
    })
  }

  async start(): Promise<void> {
    await this.refresh()
    const { phase, client } = this.store.read()
    if (phase !== 'ready' || !client) return
    this.store.dispatch({ type: 'restored', outbox: read(this.around.storage.get(this.box(client.id))) })
    // Watched only from here: what is stored must not be overwritten before it was read.
    this.store.watch(() => this.keep())
    this.socket.start()
    this.tick()
    void this.slots().catch(() => undefined)
  }

  ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    return this.around.call<T>(method, path, body)
  }

  stop(): void {
    this.socket.stop()
    this.around.timers.clear(this.flushTimer)
  }

  hurry(): void {
    this.socket.hurry()
  }

  say(text: string): void {
    const { newId, now } = this.around
    this.store.dispatch({ type: 'written', id: newId(), text, at: new Date(now()).toISOString() })
    void this.flush()
  }

  sayAgain(id: string): void {
    this.store.dispatch({ type: 'renewed', id, newId: this.around.newId() })
    void this.flush()
  }

  withdraw(id: string): void {
    this.store.dispatch({ type: 'withdrawn', id })
  }

  typing(): void {
    const now = this.around.now()
    if (now - this.typed < TYPING_EVERY_MS) return
    if (this.socket.send({ type: 'typing' })) this.typed = now
  }

  /** How far this page has got. */
  tell(reached: { delivered: number; read: number }): void {
    this.socket.send({ type: 'marks', ...reached })
  }

  async askHuman(): Promise<void> {
    const said = await this.around.call<Omit<Waiting, 'since'>>('POST', '/api/chat/handoff', {})
    // The socket brings the owner too; this answer is there first and must not undo an advisor who was quicker.
    if (this.store.read().owner.kind !== 'bot') return
    const since = new Date(this.around.now()).toISOString()
    this.store.dispatch({ type: 'waiting', waiting: { ...said, since } })
  }

  async cancelHuman(): Promise<void> {
    await this.around.call('POST', '/api/chat/handoff/cancel', {})
    await this.refresh()
  }

  /** A message, a call-back or an appointment instead of waiting on. */
  async leave(kind: WayOut, text: string, slot?: Slot): Promise<void> {
    const wanted = slot && { slot: { advisor_id: slot.advisor.id, at: slot.at } }
    await this.around.call('POST', '/api/chat/handoff/leave', { kind, text: text.trim(), ...wanted })
    await this.refresh()
    await this.slots()
  }

  /** Free times of experts for the case that waits; what is booked is taken over. */
  async slots(): Promise<Slot[]> {
    const said = await this.around.call<Appointments>('GET', '/api/chat/appointments')
    this.booked.dispatch(said.booked)
    return said.slots
  }

  async cancelAppointment(id: string): Promise<void> {
    await this.around.call('POST', `/api/chat/appointments/${encodeURIComponent(id)}/cancel`, {})
    await this.slots()
  }

  async rate(handoffId: string, score: number, comment: string): Promise<void> {
    const body = { handoff_id: handoffId, score, ...(comment && { comment }) }
    await this.around.call('POST', '/api/chat/rating', body)
    this.store.dispatch({ type: 'rated' })
  }

  async older(): Promise<void> {
    const { messages, complete } = this.store.read()
    const first = messages[0]?.seq
    if (this.loadingOlder || complete || first === undefined || first <= 1) return
    this.loadingOlder = true
    try {
      const path = `/api/chat/messages?before=${first}&limit=${OLDER}`
      const said = await this.around.call<{ messages: Message[] }>('GET', path)
      this.store.dispatch({ type: 'older', messages: said.messages })
    } catch {
      // Scrolling up again tries again.
    } finally {
      this.loadingOlder = false
    }
  }

  /** The snapshot afresh; an expired sign-in ends the session. */
  async refresh(): Promise<void> {
    if (this.refreshing) return
    this.refreshing = true
    try {
      const snapshot = await snapshotOf(this.around)
      this.store.dispatch({ type: 'snapshot', snapshot })
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0
      if (status === 401 || status === 403) {
        this.expire()
      } else if (this.store.read().phase === 'loading') {
        this.store.dispatch({ type: 'phase', phase: 'failed' })
      }
    } finally {
      this.refreshing = false
    }
  }

  /** The sign-in is over: nothing goes on until the page is opened anew. */
  expire(): void {
    this.stop()
    this.store.dispatch({ type: 'phase', phase: 'expired' })
  }

  private receive(frame: ChatFrame): void {
    const { timers } = this.around
    const queued = this.store.read().owner.kind === 'queue'
    this.store.dispatch({ type: 'frame', frame })
    // Booked by a word in the conversation: the queue was left without this page's doing.
    if (frame.type === 'owner' && queued && frame.owner.kind === 'bot') void this.slots().catch(() => undefined)
    if (frame.type === 'typing') {
      timers.clear(this.quiet)
      this.quiet = timers.set(() => this.store.dispatch({ type: 'quiet' }), TYPING_SHOWN_MS[frame.who])
    }
    if (this.store.read().stale) void this.refresh()
  }

  private linked(link: Link): void {
    this.link.dispatch(link)
    if (link.kind !== 'live') return
    this.store.dispatch({ type: 'connected' })
    void this.flush()
  }

  private tick(): void {
    this.flushTimer = this.around.timers.set(() => {
      void this.flush()
      this.tick()
    }, FLUSH_MS)
  }

  /** Hand on what is due: by socket, and where that brought no answer by a plain request. */
  private async flush(): Promise<void> {
    if (this.flushing) return
    this.flushing = true
    try {
      for (const item of due(this.store.read().outbox, this.around.now())) {
        this.store.dispatch({ type: 'tried', id: item.id, now: this.around.now() })
        const bySocket = item.tries % 2 === 0 && this.socket.send({ type: 'message', id: item.id, text: item.text })
        if (!bySocket) await this.post(item)
      }
    } finally {
      this.flushing = false
    }
  }

  private async post({ id, text }: Outgoing): Promise<void> {
    try {
      const said = await this.around.call<{ id: string; seq: number }>('POST', '/api/chat/messages', { id, text })
      this.store.dispatch({ type: 'frame', frame: { type: 'ack', id: said.id, seq: said.seq } })
    } catch (error) {
      if (!(error instanceof Problem) || !error.final) return
      if (error.status === 401) void this.refresh()
      else this.store.dispatch({ type: 'refused', id, why: error.detail })
    }
  }

  private box(clientId: string): string {
    return `outbox.${clientId}`
  }

  private keep(): void {
    const { client, outbox } = this.store.read()
    if (!client) return
    this.around.storage.set(this.box(client.id), outbox.length ? JSON.stringify(hurry(outbox)) : null)
  }
}
