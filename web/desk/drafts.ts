/** What the advisor is about to say in each conversation; outlives a reload. */

import { useSyncExternalStore } from 'react'
import { Store } from '../protocol/store'
import { storage } from '../ui/browser'

const drafts = new Store<Readonly<Record<string, string>>, [string, string]>({}, (all, [id, text]) => ({ ...all, [id]: text }))

const key = (id: string) => `draft.${id}`

export function draftOf(id: string): string {
  return drafts.read()[id] ?? storage.get(key(id)) ?? ''
}

export function setDraft(id: string, text: string): void {
  storage.set(key(id), text || null)
  drafts.dispatch([id, text])
}

/** Puts a suggestion behind what is already written, and the cursor after it. */
export function addToDraft(id: string, text: string): void {
  const written = draftOf(id).trimEnd()
  setDraft(id, written ? `${written}\n${text}` : text)
  document.getElementById('draft')?.focus()
}

export function useDraft(id: string): string {
  return useSyncExternalStore(drafts.watch, () => draftOf(id))
}
