import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { call, socketAddress } from '../protocol/http'
import { type SocketLike } from '../protocol/socket'
import { newId, timers } from '../ui/browser'
import '../ui/tokens.css'
import '../ui/card.css'
import { App } from './App'
import './desk.css'
import './talk.css'
import './together.css'
import './notices.css'
import './work.css'
import { heartbeat } from './heartbeat'
import { DeskSession } from './session'

const session = new DeskSession({
  call,
  open: (address) => new WebSocket(address) as unknown as SocketLike,
  address: socketAddress,
  timers,
  now: Date.now,
  random: Math.random,
  newId,
  heartbeat,
})
// The socket says when something is new; asking again by itself would only load the server.
const queries = new QueryClient({ defaultOptions: { queries: { staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } } })

void session.start()
addEventListener('online', () => session.hurry())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) session.hurry()
})

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <App session={session} />
    </QueryClientProvider>,
  )
}
