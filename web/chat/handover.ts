/** The page in a frame of an institution's: asks that page for a sign-in, and connects by one-time tickets. */

import { type SocketLike } from '../protocol/socket'

export const embedded = window.parent !== window

type Call = <T>(method: 'GET' | 'POST', path: string, body?: object) => Promise<T>

/** The page around may have to ask its own server. */
const PATIENCE_MS = 15_000

/** Sign in with a token of the page around. What we ask holds nothing secret; the server judges token and origin. */
export async function signIn(call: Call): Promise<boolean> {
  const answer = await asked()
  if (!answer) return false
  return call('POST', '/api/chat/sign-in', answer).then(() => true, () => false)
}

function asked(): Promise<{ token: string; origin: string } | null> {
  return new Promise((resolve) => {
    const end = (answer: { token: string; origin: string } | null) => {
      removeEventListener('message', hear)
      clearTimeout(timer)
      resolve(answer)
    }
    const hear = ({ source, data, origin }: MessageEvent) => {
      const said = data as { huiban?: unknown; token?: unknown } | null
      if (source !== window.parent || said?.huiban !== 'token' || typeof said.token !== 'string') return
      end({ token: said.token, origin })
    }
    const timer = setTimeout(() => end(null), PATIENCE_MS)
    addEventListener('message', hear)
    window.parent.postMessage({ huiban: 'sign-in' }, '*')
  })
}

/** A socket that fetches its ticket first. */
export class TicketSocket implements SocketLike {
  onopen: ((event: never) => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  private socket: WebSocket | null = null
  private over = false

  constructor(address: string, call: Call) {
    call<{ ticket: string }>('POST', '/api/chat/socket-ticket', {}).then(
      ({ ticket }) => this.over || this.open(`${address}&ticket=${encodeURIComponent(ticket)}`),
      () => this.end(1006),
    )
  }

  send(text: string): void {
    this.socket?.send(text)
  }

  close(): void {
    this.over = true
    if (this.socket) this.socket.close()
    else this.end(1000)
  }

  private open(address: string): void {
    const socket = new WebSocket(address)
    this.socket = socket
    socket.onopen = (event) => this.onopen?.(event as never)
    socket.onmessage = (event) => this.onmessage?.(event)
    socket.onclose = (event) => this.end(event.code)
  }

  private end(code: number): void {
    this.onclose?.({ code })
  }
}
