import { describe, expect, it } from 'vitest'
import { ChatSession } from '../../chat/session'
import { Problem } from '../../protocol/http'
import { type ChatSnapshot } from '../../protocol/types'
import { FakeSocket, FakeTimers } from '../protocol/fakes'
import { chatSnapshot, message, messages } from '../protocol/samples'

type Answer = (path: string, body?: object) => unknown

async function world(answer: Answer, kept: Record<string, string> = {}) {
  const timers = new FakeTimers()
  const sockets: FakeSocket[] = []
  const calls: [string, object | undefined][] = []
  let ids = 0
  const session = new ChatSession({
    call: <T>(_method: string, path: string, body?: object) => {
      calls.push([path, body])
      return new Promise<T>((resolve) => resolve(answer(path, body) as T))
    },
    open: (address) => {
      const socket = new FakeSocket(address)
      sockets.push(socket)
      return socket
    },
    address: (path, { epoch, seq }) => `${path}?epoch=${epoch}&after=${seq}`,
    timers,
    now: () => timers.now,
    random: () => 1,
    newId: () => `u${(ids += 1)}`,
    carrier: { send: () => ({ done: Promise.resolve(), cancel: () => undefined }), words: String },
    storage: {
      get: (key) => kept[key] ?? null,
      set: (key, value) => {
        if (value === null) delete kept[key]
        else kept[key] = value
      },
    },
  })
  await session.start()
  const said = () => calls.filter(([path]) => path === '/api/chat/messages').map(([, body]) => body)
  const last = () => sockets[sockets.length - 1] as FakeSocket
  return { session, timers, sockets, calls, kept, said, last }
}

const three: ChatSnapshot = chatSnapshot(messages(1, 3))
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0))
const good: Answer = (path, body) => (path.endsWith('snapshot') ? three : { id: (body as { id: string }).id, seq: 4 })

describe('chat session', () => {
  it('connects after the snapshot and says things over the socket', async () => {
    const { session, last, said } = await world(good)
    expect(last().address).toBe('/api/chat/socket?epoch=e1&after=3')
    last().opens()
    session.say('到账了吗')
    expect(last().sent).toEqual([{ type: 'message', id: 'u1', text: '到账了吗' }])
    last().says({ type: 'ack', id: 'u1', seq: 4 })
    expect(session.store.read()).toMatchObject({ outbox: [], seq: 4 })
    expect(said()).toEqual([])
  })

  it('repeats with the same id by plain request when the socket stays silent', async () => {
    const { session, last, said, timers } = await world(good)
    last().opens()
    session.say('在吗')
    timers.advance(6_000)
    await settle()
    expect(said()).toEqual([{ id: 'u1', text: '在吗' }])
    expect(session.store.read().outbox).toEqual([])
  })

  it('keeps what was not confirmed over a reload, with its id', async () => {
    const kept: Record<string, string> = {}
    const silent: Answer = (path) => {
      if (path.endsWith('snapshot')) return three
      throw new Problem(503)
    }
    const before = await world(silent, kept)
    before.session.say('帮我看看')
    await settle()
    expect(Object.keys(kept)).toEqual(['outbox.C0001'])
    const after = await world(good, kept)
    after.last().opens()
    expect(after.last().sent).toEqual([{ type: 'message', id: 'u1', text: '帮我看看' }])
  })

  it('shows why a message was refused and sends it again under a new id', async () => {
    let open = false
    const { session, said } = await world((path, body) => {
      if (path.endsWith('snapshot') || open) return good(path, body)
      throw new Problem(422, { code: 'message_too_long', detail: '太长了' })
    })
    session.say('长')
    await settle()
    expect(session.store.read().outbox[0]).toMatchObject({ state: 'refused', why: '太长了' })
    open = true
    session.sayAgain('u1')
    await settle()
    expect(said()).toEqual([{ id: 'u1', text: '长' }, { id: 'u2', text: '长' }])
    expect(session.store.read().outbox).toEqual([])
  })

  it('reads the snapshot again after a gap', async () => {
    const { last, calls } = await world(good)
    last().opens()
    last().says({ type: 'message', message: message(9) })
    expect(calls.map(([path]) => path).filter((path) => path.endsWith('snapshot'))).toHaveLength(2)
  })

  it('ends with a clear page when the sign-in has expired', async () => {
    let expired = false
    const { session, last, sockets, timers } = await world((path, body) => {
      if (expired) throw new Problem(401)
      return good(path, body)
    })
    last().opens()
    expired = true
    last().dies(4401)
    await settle()
    expect(session.store.read().phase).toBe('expired')
    timers.advance(60_000)
    expect(sockets).toHaveLength(1)
  })

  it('does not put an advisor who was quicker back into the queue', async () => {
    const place = { handoff_id: 'h1', state: 'waiting', position: 1, wait_seconds: 60, words: '' }
    const advisor = { kind: 'advisor', advisor: { id: 'A01', name: '林静怡', role: '顾问' } }
    const { session, last } = await world((path, body) => (path.endsWith('handoff') ? place : good(path, body)))
    last().opens()
    const asked = session.askHuman()
    last().says({ type: 'owner', owner: advisor, waiting: null, rating_asked: null })
    await asked
    expect(session.store.read()).toMatchObject({ owner: advisor, waiting: null })
  })
})
