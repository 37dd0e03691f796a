import { useQuery } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { Problem } from '../protocol/http'
import { desk } from '../ui/messages.zh'
import { type DeskSession } from './session'

/** Something that is read once and again on demand; what went wrong is in the server's own words. */
export function useRead<T>(session: DeskSession, path: string, more: { enabled?: boolean; staleTime?: number; retry?: boolean } = {}) {
  return useQuery({ queryKey: ['read', path], queryFn: () => session.read<T>(path), staleTime: 10_000, ...more })
}

export const detailOf = (error: unknown): string => (error instanceof Problem && error.detail) || desk.failed

/** Does something, keeps buttons still meanwhile, and says to the person what went wrong. Gives whether it was done. */
export function useAttempt() {
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const attempt = async (action: () => Promise<void>): Promise<boolean> => {
    setBusy(true)
    try {
      await action()
      return true
    } catch (error) {
      void message.error(detailOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }
  return { attempt, busy }
}

export const ofClient = (clientId: string, part: string) => `/api/desk/clients/${encodeURIComponent(clientId)}/${part}`

/** Hands a text to the person as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
