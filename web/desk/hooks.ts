import { useEffect, useState, useSyncExternalStore } from 'react'
import { storage } from '../ui/browser'

type Watcher = () => void
const watchers = new Set<Watcher>()
let second = Date.now()
let ticking: ReturnType<typeof setInterval> | undefined

function watchTime(watcher: Watcher): () => void {
  watchers.add(watcher)
  // Nobody has looked since the last tick, however long ago that was.
  if (ticking === undefined) second = Date.now()
  ticking ??= setInterval(() => {
    second = Date.now()
    for (const each of watchers) each()
  }, 1000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}

/** This machine's time in ms, new every second. */
export function useNow(): number {
  return useSyncExternalStore(watchTime, () => second)
}

/** Seconds since a time of the institution's clock. */
export function useSince(at: string, skew: number): number {
  return Math.max(0, (useNow() + skew - Date.parse(at)) / 1000)
}

/** A choice that outlives the page. */
export function useStored<T extends string>(key: string, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (storage.get(key) as T | null) ?? first)
  return [
    value,
    (next) => {
      storage.set(key, next)
      setValue(next)
    },
  ]
}

const narrow = (query: string) => matchMedia(query)

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (watcher) => {
      const media = narrow(query)
      media.addEventListener('change', watcher)
      return () => media.removeEventListener('change', watcher)
    },
    () => narrow(query).matches,
  )
}

/** Single-key shortcuts, silent while someone writes or a window is open. */
export function useKeys(keys: Record<string, () => void>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
      const writing = target.closest('input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=combobox]')
      if (writing) {
        if (event.key === 'Escape' && !target.closest('[role=dialog]')) target.blur()
        return
      }
      const action = keys[event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [keys])
}
