import { describe, expect, it } from 'vitest'
import { type Sending, Uploads } from '../../chat/uploads'
import { Problem } from '../../protocol/http'
import { faultOf, MOST_BYTES, reduceUploads } from '../../protocol/uploads'

interface Started {
  id: string
  share: (share: number) => void
  end: () => void
  fail: (error: Problem) => void
  cancelled: boolean
}

function world() {
  const started: Started[] = []
  let ids = 0
  const uploads = new Uploads({
    newId: () => `f${(ids += 1)}`,
    words: String,
    send: (id, _file, share): Sending => {
      let end = () => undefined as void
      let fail: Started['fail'] = () => undefined
      const done = new Promise<void>((resolve, reject) => {
        end = resolve
        fail = reject
      })
      const one: Started = { id, share, end, fail, cancelled: false }
      started.push(one)
      return { done, cancel: () => ((one.cancelled = true), fail(new Problem(0))) }
    },
  })
  return { uploads, started, rows: () => uploads.store.read().map(({ id, state, share }) => [id, state, share]) }
}

const file = (name: string, type = 'image/png', size = 10) => ({ name, type, size }) as File
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

describe('uploads', () => {
  it('sends one after the other, with progress, and forgets what is stored', async () => {
    const { uploads, started, rows } = world()
    uploads.pick([file('a.png'), file('b.png')])
    started[0]?.share(0.5)
    expect(started.map(({ id }) => id)).toEqual(['f1'])
    expect(rows()).toEqual([['f1', 'sending', 0.5], ['f2', 'sending', 0]])
    started[0]?.end()
    await settle()
    expect(started.map(({ id }) => id)).toEqual(['f1', 'f2'])
    expect(rows()).toEqual([['f2', 'sending', 0]])
  })

  it('keeps a failed one for another try under the same id, and goes on with the next', async () => {
    const { uploads, started, rows } = world()
    uploads.pick([file('a.png'), file('b.png')])
    started[0]?.fail(new Problem(0))
    await settle()
    expect(rows()).toEqual([['f1', 'failed', 0], ['f2', 'sending', 0]])
    started[1]?.end()
    await settle()
    uploads.again('f1')
    expect(started[2]?.id).toBe('f1')
  })

  it('says why the server refused one', async () => {
    const { uploads, started } = world()
    uploads.pick([file('a.png')])
    started[0]?.fail(new Problem(422, { detail: '打不开' }))
    await settle()
    expect(uploads.store.read()[0]).toMatchObject({ state: 'refused', why: '打不开' })
  })

  it('stops what is dropped', async () => {
    const { uploads, started, rows } = world()
    uploads.pick([file('a.png')])
    uploads.drop('f1')
    await settle()
    expect([started[0]?.cancelled, rows()]).toEqual([true, []])
  })

  it('does not even begin with what is known to be wrong', () => {
    const { uploads, started } = world()
    uploads.pick([file('a.exe', 'application/x-msdownload'), file('b.png', 'image/png', MOST_BYTES + 1)])
    expect(started).toEqual([])
    expect(uploads.store.read().map(({ why }) => why)).toEqual(['kind', 'large'])
  })

  it.each([
    [{ size: 1, type: 'image/webp' }, null],
    [{ size: 1, type: 'application/pdf' }, null],
    [{ size: 1, type: '' }, null],
    [{ size: 1, type: 'image/svg+xml' }, 'kind'],
    [{ size: MOST_BYTES + 1, type: '' }, 'large'],
  ] as const)('judges %o', (told, fault) => expect(faultOf(told)).toBe(fault))

  it('never shows less progress than before', () => {
    const one = reduceUploads([], { type: 'picked', id: 'a', name: 'a', bytes: 1 })
    const moved = [0.4, 0.2, 7].map((share) => reduceUploads(reduceUploads(one, { type: 'moved', id: 'a', share: 0.3 }), { type: 'moved', id: 'a', share })[0]?.share)
    expect(moved).toEqual([0.4, 0.3, 1])
  })
})
