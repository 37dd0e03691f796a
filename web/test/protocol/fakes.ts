import { type SocketLike, type Timers } from '../../protocol/socket'

/** Timers that go off when the test moves the clock. */
export class FakeTimers implements Timers {
  now = 0
  private waiting: { at: number; callback: () => void }[] = []

  set(callback: () => void, delayMs: number): unknown {
    const entry = { at: this.now + delayMs, callback }
    this.waiting.push(entry)
    return entry
  }

  clear(handle: unknown): void {
    this.waiting = this.waiting.filter((entry) => entry !== handle)
  }

  advance(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const next = this.waiting.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clear(next)
      this.now = next.at
      next.callback()
    }
    this.now = end
  }
}

export class FakeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  readonly sent: { type: string; id?: string }[] = []
  closed = false
  readonly address: string

  constructor(address: string) {
    this.address = address
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string })
  }

  close(): void {
    this.closed = true
  }

  opens(): void {
    this.onopen?.({} as never)
  }

  says(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) })
  }

  dies(code = 1006): void {
    this.onclose?.({ code })
  }
}
