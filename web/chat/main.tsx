import { createRoot } from 'react-dom/client'
import { call, socketAddress } from '../protocol/http'
import { type SocketLike } from '../protocol/socket'
import { newId, storage, timers } from '../ui/browser'
import '../ui/tokens.css'
import '../ui/card.css'
import { App } from './App'
import './chat.css'
import './parts.css'
import { ChatSession } from './session'

const session = new ChatSession({
  call,
  open: (address) => new WebSocket(address) as unknown as SocketLike,
  address: socketAddress,
  timers,
  now: Date.now,
  random: Math.random,
  newId,
  storage,
})

void session.start()
addEventListener('online', () => session.hurry())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) session.hurry()
})

const root = document.getElementById('root')
if (root) createRoot(root).render(<App session={session} />)
