import { useEffect, useRef, useState } from 'react'

/** As long as a slip of the finger can be taken back. */
const UNDO_SECONDS = 5

/** Does something a few seconds after it was asked for, unless it is taken back; who leaves the page has not taken it back. */
export function useUndo<T>(act: (what: T) => Promise<boolean>) {
  const [pending, setPending] = useState<T | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const finish = useRef<() => void>(() => undefined)
  useEffect(() => () => {
    if (timer.current === undefined) return
    clearTimeout(timer.current)
    finish.current()
  }, [])
  const stop = () => {
    clearTimeout(timer.current)
    timer.current = undefined
  }
  const ask = (what: T) => {
    setPending(what)
    finish.current = () => {
      stop()
      void act(what).then((done) => !done && setPending(null))
    }
    timer.current = setTimeout(() => finish.current(), UNDO_SECONDS * 1000)
  }
  const undo = () => {
    stop()
    setPending(null)
  }
  return { pending, ask, undo }
}
