/**
 * Files on their way: sending (with a share done) -> gone when stored | failed (network: may be tried again) | refused.
 * Pure; a reload ends them, since a page may not keep a file.
 */

export interface Upload {
  id: string
  name: string
  bytes: number
  state: 'sending' | 'failed' | 'refused'
  /** 0..1 of what was handed to the network. */
  share: number
  why: string
}

export type UploadEvent =
  | { type: 'picked'; id: string; name: string; bytes: number }
  | { type: 'moved'; id: string; share: number }
  | { type: 'failed'; id: string }
  | { type: 'refused'; id: string; why: string }
  | { type: 'again'; id: string }
  | { type: 'gone'; id: string }

export const MOST_BYTES = 10_000_000
const KIND = /^(image\/(jpeg|png|gif|webp)|application\/pdf)$/

export type Fault = 'large' | 'kind' | null

/** What is known to be wrong before anything is sent; the server looks at the content. */
export function faultOf(file: { size: number; type: string }): Fault {
  if (file.size > MOST_BYTES) return 'large'
  // Some phones name no type: the server knows better.
  return file.type && !KIND.test(file.type) ? 'kind' : null
}

export function reduceUploads(all: Upload[], event: UploadEvent): Upload[] {
  switch (event.type) {
    case 'picked':
      return [...all, { id: event.id, name: event.name, bytes: event.bytes, state: 'sending', share: 0, why: '' }]
    case 'moved':
      return change(all, event.id, (one) => ({ ...one, share: Math.max(one.share, Math.min(event.share, 1)) }))
    case 'failed':
      return change(all, event.id, (one) => ({ ...one, state: 'failed' }))
    case 'refused':
      return change(all, event.id, (one) => ({ ...one, state: 'refused', why: event.why }))
    case 'again':
      return change(all, event.id, (one) => ({ ...one, state: 'sending', share: 0, why: '' }))
    case 'gone':
      return all.filter((one) => one.id !== event.id)
  }
}

function change(all: Upload[], id: string, by: (one: Upload) => Upload): Upload[] {
  return all.map((one) => (one.id === id ? by(one) : one))
}
