import { describe, expect, it } from 'vitest'
import { DeskSession } from '../../desk/session'
import { Problem } from '../../protocol/http'
import { type DeskSnapshot } from '../../protocol/types'
import { FakeSocket, FakeTimers } from '../protocol/fakes'
import { handoff, me } from '../protocol/samples'

type Answer = (path: string, body?: object) => unknown

const owned = handoff('h1', { state: 'active', owner: { id: me.id, name: me.name } })
const snapshot: DeskSnapshot = { epoch: 'e1', seq: 10, me, offers: [], queue: [], active: [owned], wrap_up: [], colleagues: [me] }
const CV = owned.conversation_id
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

async function world(answer: Answer) {
  const timers = new FakeTimers()
  const sockets: FakeSocket[] = []
  const calls: [string, object | undefined][] = []
  let beat = () => undefined as void
  let ids = 0
  const session = new DeskSession({
    call: <T>(_method: string, path: string, body?: object) => {
      calls.push([path, body])
      return new Promise<T>((resolve) => resolve((path.endsWith('snapshot') ? snapshot : answer(path, body)) as T))
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
    heartbeat: (callback) => {
      beat = callback
      return () => undefined
    },
  })
  await session.start()
  const last = () => sockets[sockets.length - 1] as FakeSocket
  return { session, timers, calls, last, beat: () => beat() }
}

describe('desk session', () => {
  it('resumes after the snapshot and sends its heartbeat', async () => {
    const { last, beat } = await world(() => ({}))
    expect(last().address).toBe('/api/desk/socket?epoch=e1&after=10')
    last().opens()
    beat()
    expect(last().sent).toEqual([{ type: 'ping' }])
  })

  it('shows a reply at once and gives it its number when stored', async () => {
    const { session } = await world((_path, body) => ({ id: (body as { id: string }).id, seq: 1 }))
    const saying = session.say(CV, '您好')
    expect(session.sending.read()[CV]).toMatchObject([{ id: 'u1', text: '您好', state: 'sending' }])
    await saying
    expect(session.sending.read()[CV]).toEqual([])
    expect(session.store.read().conversations[CV]?.messages).toMatchObject([{ seq: 1, id: 'u1', author: 'human', name: '林静怡' }])
  })

  it('keeps a reply through silence and sends it with the same id once the line is back', async () => {
    let up = false
    const { session, calls, last } = await world((_path, body) => {
      if (!up) throw new Problem(0)
      return { id: (body as { id: string }).id, seq: 1 }
    })
    await session.say(CV, '您好')
    expect(session.sending.read()[CV]).toMatchObject([{ id: 'u1', state: 'refused' }])
    up = true
    last().opens()
    await settle()
    expect(calls.filter(([path]) => path.endsWith('messages')).map(([, body]) => body)).toEqual([{ id: 'u1', text: '您好' }, { id: 'u1', text: '您好' }])
    expect(session.sending.read()[CV]).toEqual([])
  })

  it('hands refused words back with the findings', async () => {
    const findings = [{ words: '保证赚钱', rule: '不得承诺收益', instead: '历史业绩不代表未来' }]
    const { session } = await world(() => {
      throw new Problem(422, { code: 'wording_refused', findings })
    })
    await expect(session.say(CV, '保证赚钱')).rejects.toMatchObject({ code: 'wording_refused', findings })
    expect(session.sending.read()[CV]).toEqual([])
  })

  it('names the version in a transition, and reads the lists afresh when another won', async () => {
    const { session, calls } = await world(() => {
      throw new Problem(409, { code: 'handoff_changed' })
    })
    await expect(session.act(owned, 'close', { outcome: 'solved' })).rejects.toMatchObject({ status: 409 })
    expect(calls.slice(1)).toEqual([
      ['/api/desk/handoffs/h1/close', { version: 1, outcome: 'solved' }],
      ['/api/desk/snapshot', undefined],
    ])
  })
})
