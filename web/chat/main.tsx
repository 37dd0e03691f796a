import { createRoot } from 'react-dom/client'
import { call, socketAddress } from '../protocol/http'
import { type SocketLike } from '../protocol/socket'
import { files } from '../ui/files.zh'
import { newId, storage, timers } from '../ui/browser'
import '../ui/tokens.css'
import '../ui/card.css'
import { App } from './App'
import './chat.css'
import './parts.css'
import { embedded, signIn, TicketSocket } from './handover'
import { ChatSession } from './session'
import { sendFile } from './uploads'

const session = new ChatSession({
  call,
  open: (address) => (embedded ? new TicketSocket(address, call) : (new WebSocket(address) as unknown as SocketLike)),
  address: socketAddress,
  timers,
  now: Date.now,
  random: Math.random,
  newId,
  carrier: { send: sendFile, words: (fault) => files[fault] },
  ...(embedded && { signIn: () => signIn(call) }),
  storage,
})

// The page around may have changed its client: who was signed in here before tells nothing.
void (embedded ? signIn(call) : Promise.resolve(true)).then((good) => (good ? session.start() : session.expire()))
addEventListener('online', () => session.hurry())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) session.hurry()
})

const root = document.getElementById('root')
if (root) createRoot(root).render(<App session={session} />)
