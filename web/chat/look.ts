/** Light or dark: what the client chose, else what the phone says. */

import { useEffect, useState } from 'react'
import { storage } from '../ui/browser'

export type Look = 'system' | 'light' | 'dark'

const DARK = '(prefers-color-scheme: dark)'

export function useLook(): [Look, (look: Look) => void] {
  const [look, setLook] = useState<Look>(() => (storage.get('look') as Look | null) ?? 'system')
  useEffect(() => {
    const system = matchMedia(DARK)
    const apply = () => {
      const dark = look === 'dark' || (look === 'system' && system.matches)
      document.documentElement.dataset.theme = dark ? 'dark' : 'light'
    }
    apply()
    // Safari before 14 cannot be told of a change; it shows the right look at the next opening.
    system.addEventListener?.('change', apply)
    return () => system.removeEventListener?.('change', apply)
  }, [look])
  const choose = (next: Look) => {
    storage.set('look', next === 'system' ? null : next)
    setLook(next)
  }
  return [look, choose]
}
