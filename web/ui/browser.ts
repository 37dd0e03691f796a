/** What the browser gives: ids, stored choices, time. The only place of the pages that asks for them. */

import { type Timers } from '../protocol/socket'

/** A random UUID, also where `crypto.randomUUID` is missing: plain http and phones of 2018. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Private windows may forbid storage: then choices last as long as the page. */
export const storage = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(`huiban.${key}`)
    } catch {
      return null
    }
  },
  set(key: string, value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(`huiban.${key}`)
      else localStorage.setItem(`huiban.${key}`, value)
    } catch {
      /* nothing to keep it in */
    }
  },
}

export const timers: Timers = {
  set: (callback, delayMs) => setTimeout(callback, delayMs),
  clear: (handle) => clearTimeout(handle as number),
}
