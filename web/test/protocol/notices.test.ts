import { describe, expect, it } from 'vitest'
import { emptyDesk, reduceDesk, type DeskEvent } from '../../protocol/desk'
import { type DeskFrame } from '../../protocol/frames'
import { type Notice } from '../../protocol/notices'
import { me } from './samples'

const notice = (id: string): Notice => ({ id, kind: 'mood', client: { id: 'C0001', name: '王芳' }, text: '请联系', at: '2026-11-24T06:00:00Z' })
const snapshot = (seq: number, notices?: Notice[]): DeskEvent => ({
  type: 'snapshot', now: 0,
  snapshot: { epoch: 'e1', seq, me, offers: [], queue: [], active: [], wrap_up: [], colleagues: [me], notices },
})
const frame = (one: DeskFrame): DeskEvent => ({ type: 'frame', frame: one, now: 0 })
const play = (...events: DeskEvent[]) => events.reduce(reduceDesk, emptyDesk)

describe('notices', () => {
  it('are by snapshot and frames what a fresh snapshot gives', () => {
    const lived = play(
      snapshot(10, [notice('n1')]),
      frame({ type: 'notice', notice: notice('n2'), seq: 11 }),
      frame({ type: 'notice', notice: notice('n3'), seq: 12 }),
      frame({ type: 'notice.read', notice_id: 'n2', seq: 13 }),
    )
    expect(lived).toEqual(play(snapshot(13, [notice('n3'), notice('n1')])))
  })

  it('come once, and a dismissal of an unknown one changes nothing', () => {
    const twice = play(snapshot(10), frame({ type: 'notice', notice: notice('n1'), seq: 11 }), frame({ type: 'notice', notice: notice('n1'), seq: 12 }))
    expect(twice.notices).toEqual([notice('n1')])
    expect(reduceDesk(twice, frame({ type: 'notice.read', notice_id: 'other', seq: 13 })).notices).toEqual([notice('n1')])
  })
})
