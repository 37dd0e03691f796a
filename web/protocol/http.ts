/** Calls to the gateway: JSON in and out, errors as RFC 9457 problems. */

import { type Finding } from './types'

export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly findings: Finding[]

  /** `status` 0 means that no answer came. */
  constructor(status: number, body: { code?: string; detail?: string; title?: string; findings?: Finding[] } = {}) {
    super(`${status} ${body.code ?? ''}`)
    this.status = status
    this.code = body.code ?? (status === 0 ? 'unreachable' : 'unknown')
    this.detail = body.detail ?? body.title ?? ''
    this.findings = body.findings ?? []
  }

  /** The server has judged the request: repeating it as it is cannot help. */
  get final(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429
  }
}

const TIMEOUT_MS = 15_000

export async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: controller.signal,
    })
    const said: unknown = await response.json().catch(() => null)
    if (!response.ok) throw new Problem(response.status, (said ?? {}) as object)
    return said as T
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(0)
  } finally {
    clearTimeout(timer)
  }
}

/** The address of a socket on this page's own host. */
export function socketAddress(path: string, seen: { epoch: string; seq: number }): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return `${scheme}//${location.host}${path}?epoch=${encodeURIComponent(seen.epoch)}&after=${seen.seq}`
}
