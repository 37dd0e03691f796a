/** Sends files, one after the other, with progress; keeps them in memory until they are stored, dropped or refused. */

import { Problem } from '../protocol/http'
import { Store } from '../protocol/store'
import { type Fault, faultOf, reduceUploads, type Upload, type UploadEvent } from '../protocol/uploads'

export interface Sending {
  done: Promise<void>
  cancel: () => void
}

export interface Carrier {
  newId: () => string
  send: (id: string, file: File, onShare: (share: number) => void) => Sending
  /** The words for what is refused before it is sent. */
  words: (fault: Exclude<Fault, null>) => string
}

export class Uploads {
  readonly store = new Store<Upload[], UploadEvent>([], reduceUploads)
  private readonly files = new Map<string, File>()
  private readonly carrier: Carrier
  private running: { id: string; cancel: () => void } | null = null

  constructor(carrier: Carrier) {
    this.carrier = carrier
  }

  pick(files: Iterable<File>): void {
    for (const file of files) {
      const id = this.carrier.newId()
      this.files.set(id, file)
      this.store.dispatch({ type: 'picked', id, name: file.name, bytes: file.size })
      const fault = faultOf(file)
      if (fault) this.store.dispatch({ type: 'refused', id, why: this.carrier.words(fault) })
    }
    this.next()
  }

  fileOf(id: string): File | undefined {
    return this.files.get(id)
  }

  /** The same id again: what was stored although its answer was lost is the same message. */
  again(id: string): void {
    this.store.dispatch({ type: 'again', id })
    this.next()
  }

  /** Stop it if it runs, and forget it. */
  drop(id: string): void {
    this.forget(id)
    if (this.running?.id === id) this.running.cancel()
  }

  private next(): void {
    const one = this.store.read().find(({ state }) => state === 'sending')
    const file = one && this.files.get(one.id)
    if (this.running || !one || !file) return
    const { id } = one
    const sending = this.carrier.send(id, file, (share) => this.store.dispatch({ type: 'moved', id, share }))
    this.running = { id, cancel: sending.cancel }
    sending.done
      .then(() => this.forget(id), (error: unknown) => this.store.dispatch(eventOf(id, error)))
      .finally(() => {
        this.running = null
        this.next()
      })
  }

  private forget(id: string): void {
    this.files.delete(id)
    this.store.dispatch({ type: 'gone', id })
  }
}

function eventOf(id: string, error: unknown): UploadEvent {
  if (error instanceof Problem && error.final) return { type: 'refused', id, why: error.detail }
  return { type: 'failed', id }
}

/** By XMLHttpRequest: `fetch` tells nothing of the progress of what it sends. */
export function sendFile(id: string, file: File, onShare: (share: number) => void): Sending {
  const request = new XMLHttpRequest()
  const done = new Promise<void>((resolve, reject) => {
    request.open('POST', `/api/chat/files?id=${encodeURIComponent(id)}&name=${encodeURIComponent(file.name.slice(-200))}`)
    request.setRequestHeader('Accept', 'application/json')
    request.upload.onprogress = ({ loaded, total }) => onShare(total ? loaded / total : 0)
    request.onload = () => (request.status === 200 ? resolve() : reject(new Problem(request.status, read(request.responseText))))
    request.onerror = request.onabort = request.ontimeout = () => reject(new Problem(0))
    request.timeout = 120_000
    request.send(file)
  })
  return { done, cancel: () => request.abort() }
}

function read(text: string): object {
  try {
    return (JSON.parse(text) ?? {}) as object
  } catch {
    return {}
  }
}
