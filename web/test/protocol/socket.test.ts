import { describe, expect, it } from 'vitest'
import { backoffMs, type Link, LiveSocket } from '../../protocol/socket'
import { FakeSocket, FakeTimers } from './fakes'

function world() {
  const timers = new FakeTimers()
  const sockets: FakeSocket[] = []
  const frames: { type: string }[] = []
  const links: Link['kind'][] = []
  const lost: [number, boolean][] = []
  let seen = 0
  const live = new LiveSocket<{ type: string; seq?: number }>({
    address: () => `/socket?after=${seen}`,
    open: (address) => {
      const socket = new FakeSocket(address)
      sockets.push(socket)
      return socket
    },
    timers,
    random: () => 1,
    pingMs: 25_000,
    onFrame: (frame) => {
      frames.push(frame)
      seen = frame.seq ?? seen
    },
    onLink: ({ kind }) => links.push(kind),
    onLost: (code, opened) => lost.push([code, opened]),
  })
  const last = () => sockets[sockets.length - 1] as FakeSocket
  return { timers, sockets, frames, links, lost, live, last }
}

describe('live socket', () => {
  it('waits longer each time, never over 20 s, never under half a step', () => {
    // 500 ms doubled: 0.5, 1, 2, 4, 8, 16, then 20 s
    expect([0, 1, 2, 3, 4, 5, 6, 60].map((n) => backoffMs(n, 1))).toEqual([500, 1000, 2000, 4000, 8000, 16000, 20000, 20000])
    expect(backoffMs(3, 0)).toBe(2000)
  })

  it('resumes after the last event it has seen', () => {
    const { live, last, sockets, timers, frames } = world()
    live.start()
    expect(last().address).toBe('/socket?after=0')
    last().opens()
    last().says({ type: 'message', seq: 7 })
    last().dies()
    timers.advance(500)
    expect(sockets).toHaveLength(2)
    expect(last().address).toBe('/socket?after=7')
    expect(frames).toHaveLength(1)
  })

  it('backs off while nothing answers and starts over once the server has talked', () => {
    const { live, last, sockets, timers } = world()
    live.start()
    last().dies()
    timers.advance(499)
    expect(sockets).toHaveLength(1)
    timers.advance(1)
    last().dies()
    timers.advance(999)
    expect(sockets).toHaveLength(2)
    timers.advance(1)
    last().opens()
    last().says({ type: 'hello' })
    last().dies()
    timers.advance(500)
    expect(sockets).toHaveLength(4)
  })

  it('does not hammer a server that accepts and closes', () => {
    const { live, last, sockets, timers } = world()
    live.start()
    for (const wait of [500, 1000, 2000]) {
      last().opens()
      last().dies(1011)
      timers.advance(wait)
    }
    expect(sockets).toHaveLength(4)
    last().opens()
    last().dies(1011)
    timers.advance(3999)
    expect(sockets).toHaveLength(4)
  })

  it('notices a dead line by an unanswered ping', () => {
    const { live, last, timers, links, lost } = world()
    live.start()
    last().opens()
    timers.advance(25_000)
    expect(last().sent).toEqual([{ type: 'ping' }])
    last().says({ type: 'pong' })
    timers.advance(25_000)
    timers.advance(12_000)
    expect(links).toEqual(['connecting', 'live', 'waiting'])
    expect(lost).toEqual([[0, true]])
  })

  it('tries at once when hurried, and never after being stopped', () => {
    const { live, last, sockets, timers } = world()
    live.start()
    last().dies()
    live.hurry()
    expect(sockets).toHaveLength(2)
    live.stop()
    timers.advance(60_000)
    expect(sockets).toHaveLength(2)
    expect(last().closed).toBe(true)
  })

  it('passes over what is no frame, and sends only while live', () => {
    const { live, last, frames } = world()
    live.start()
    expect(live.send({ type: 'message' })).toBe(false)
    last().opens()
    for (const rubbish of ['', '{', '1', 'null', '{"a":1}']) last().says(rubbish)
    expect(frames).toEqual([])
    expect(live.send({ type: 'message' })).toBe(true)
  })

  it('tells whether the connection had ever opened', () => {
    const { live, last, lost } = world()
    live.start()
    last().dies(4401)
    expect(lost).toEqual([[4401, false]])
  })
})
