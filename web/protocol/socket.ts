/**
 * One live connection that comes back by itself: resumes after the last event seen, backs off with jitter, notices silence.
 *
 *   connecting -> live -> waiting -> connecting …      stopped only by `stop`
 */

export interface SocketLike {
  onopen: ((event: never) => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(text: string): void
  close(): void
}

export interface Timers {
  set(callback: () => void, delayMs: number): unknown
  clear(handle: unknown): void
}

export type Link = { kind: 'connecting' } | { kind: 'live' } | { kind: 'waiting'; seconds: number } | { kind: 'stopped' }

export interface LiveOptions<Frame> {
  /** The address with what was seen last, asked at every attempt. */
  address: () => string
  open: (address: string) => SocketLike
  timers: Timers
  /** 0..1, for the jitter. */
  random: () => number
  pingMs: number
  onFrame: (frame: Frame) => void
  onLink: (link: Link) => void
  /** A connection ended, or never opened: is the sign-in still good? */
  onLost: (code: number, opened: boolean) => void
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 20_000
const SILENCE_MS = 12_000

/** How long to wait before the given attempt (0 is the first), between half and the whole of a doubling step. */
export function backoffMs(attempt: number, random: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + random / 2)
}

/** Whether a lost connection may mean that the sign-in is over: it never opened, or was closed for a reason of ours. */
export function signInDoubtful(code: number, opened: boolean): boolean {
  return !opened || code >= 4000 || code === 1008
}

export class LiveSocket<Frame> {
  private socket: SocketLike | null = null
  private attempt = 0
  private retry: unknown = null
  private pinging: unknown = null
  private silence: unknown = null
  private link: Link = { kind: 'stopped' }
  private readonly options: LiveOptions<Frame>

  constructor(options: LiveOptions<Frame>) {
    this.options = options
  }

  get live(): boolean {
    return this.link.kind === 'live'
  }

  start(): void {
    if (this.link.kind === 'stopped') this.connect()
  }

  stop(): void {
    this.drop()
    this.become({ kind: 'stopped' })
  }

  /** The network is back or the person is impatient: try at once. */
  hurry(): void {
    if (this.link.kind === 'waiting') this.connect()
  }

  /** False when the connection is not live: the caller keeps what it wanted to say. */
  send(frame: object): boolean {
    if (!this.live || !this.socket) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  /** Also the heartbeat; an unanswered one ends the connection. */
  ping(): void {
    const { timers } = this.options
    if (!this.send({ type: 'ping' }) || this.silence !== null) return
    this.silence = timers.set(() => this.lost(0), SILENCE_MS)
  }

  private connect(): void {
    const { open, address, timers } = this.options
    timers.clear(this.retry)
    this.become({ kind: 'connecting' })
    const socket = open(address())
    this.socket = socket
    this.silence = timers.set(() => this.lost(0), SILENCE_MS)
    socket.onopen = () => {
      this.heard()
      this.become({ kind: 'live' })
      this.schedulePing()
    }
    socket.onmessage = ({ data }) => this.receive(data)
    socket.onclose = ({ code }) => {
      if (this.socket === socket) this.lost(code)
    }
  }

  private receive(data: unknown): void {
    this.heard()
    const frame = parse(data)
    if (!frame) return
    // Only a server that talks sensibly counts as back: one that accepts and closes must not be hammered.
    this.attempt = 0
    this.options.onFrame(frame as Frame)
  }

  private heard(): void {
    this.options.timers.clear(this.silence)
    this.silence = null
  }

  private schedulePing(): void {
    const { timers, pingMs } = this.options
    this.pinging = timers.set(() => {
      this.ping()
      this.schedulePing()
    }, pingMs)
  }

  private lost(code: number): void {
    const { timers, random, onLost } = this.options
    const opened = this.live
    this.drop()
    const wait = backoffMs(this.attempt, random())
    this.attempt += 1
    this.become({ kind: 'waiting', seconds: Math.ceil(wait / 1000) })
    this.retry = timers.set(() => this.connect(), wait)
    onLost(code, opened)
  }

  private drop(): void {
    const { timers } = this.options
    for (const handle of [this.retry, this.pinging, this.silence]) timers.clear(handle)
    this.silence = null
    const old = this.socket
    this.socket = null
    if (!old) return
    old.onopen = old.onmessage = old.onclose = null
    old.close()
  }

  private become(link: Link): void {
    this.link = link
    this.options.onLink(link)
  }
}

function parse(data: unknown): object | null {
  try {
    const frame: unknown = JSON.parse(String(data))
    return typeof frame === 'object' && frame !== null && 'type' in frame ? frame : null
  } catch {
    return null
  }
}
