/** Shows a long answer as if it were being said: only what is stored already, never more than a few seconds. */

import { useEffect, useState } from 'react'

/** Shorter texts are read at a glance. */
export const SHORTEST = 60
/** Faster than anybody reads, and over soon however long the text is. */
const CHARS_A_SECOND = 90
const MOST_SECONDS = 3

/** How many characters are shown after so many milliseconds. */
export function shownAfter(length: number, ms: number): number {
  const speed = Math.max(CHARS_A_SECOND, length / MOST_SECONDS)
  return Math.min(length, Math.ceil((speed * ms) / 1000))
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** [characters shown, show all now]. A phone that asks for less motion, or a hidden page, shows all at once. */
export function useReveal(text: string, on: boolean): [number, () => void] {
  const [start] = useState(() => on && text.length >= SHORTEST && !document.hidden && !still())
  const [shown, setShown] = useState(start ? 0 : text.length)
  const going = start && on && shown < text.length
  useEffect(() => {
    if (!going) return
    let began = 0
    let frame = requestAnimationFrame(function step(now) {
      began ||= now
      const count = shownAfter(text.length, now - began)
      setShown((before) => Math.max(before, count))
      if (count < text.length) frame = requestAnimationFrame(step)
    })
    return () => cancelAnimationFrame(frame)
  }, [going, text])
  return [going ? shown : text.length, () => setShown(text.length)]
}
