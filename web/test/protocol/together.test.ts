import { describe, expect, it } from 'vitest'
import { isLong } from '../../protocol/appointments'
import { type DeskEvent, type DeskState, emptyDesk, reduceDesk } from '../../protocol/desk'
import { type DeskFrame } from '../../protocol/frames'
import { known, speaks } from '../../protocol/handoffs'
import { type Guest, type Invite } from '../../protocol/together'
import { handoff, me } from './samples'

const other = { id: 'A09', name: '何伟杰' }
const guest = (state: Guest['state'], more: Partial<Guest> = {}): Guest => ({
  invite_id: 'i1', id: me.id, name: me.name, role: '顾问', kind: 'expert', state, expires_at: null, ...more,
})
const theirs = handoff('h1', { state: 'active', owner: other, version: 3, guests: [guest('offered')] })
const invite = (state: Invite['state'], more: Partial<Invite> = {}): Invite => ({
  id: 'i1', state, advisor: { id: me.id, name: me.name }, by: other, note: '', why: '', expires_at: null, handoff: theirs, ...more,
})
const play = (...events: DeskEvent[]): DeskState =>
  [{ type: 'snapshot' as const, now: 0, snapshot: { epoch: 'e1', seq: 1, me, offers: [], queue: [], active: [], wrap_up: [], colleagues: [me] } }, ...events]
    .reduce<DeskState>(reduceDesk, emptyDesk)
const frame = (one: DeskFrame): DeskEvent => ({ type: 'frame', frame: one, now: 0 })

describe('together', () => {
  it('keeps an invitation while it stands and opens its conversation', () => {
    const asked = play(frame({ type: 'invite', invite: invite('offered'), seq: 2 }))
    expect(asked.invites).toHaveLength(1)
    expect(known(asked, 'h1')[0]).toEqual(theirs)
    expect(play(frame({ type: 'invite', invite: invite('offered'), seq: 2 }), frame({ type: 'invite', invite: invite('expired'), seq: 3 })).invites).toEqual([])
  })

  it('lets a guest write only once he has joined, and a listener never', () => {
    const state = play()
    expect(speaks(state, theirs)).toBe(false)
    expect(speaks(state, { ...theirs, guests: [guest('joined')] })).toBe(true)
    expect(speaks(state, { ...theirs, guests: [guest('joined', { kind: 'listener' })] })).toBe(false)
    expect(speaks(state, { ...theirs, owner: { id: me.id, name: me.name } })).toBe(true)
  })

  it('follows the handoff of an invitation, and ends with it', () => {
    const joined = play(
      frame({ type: 'invite', invite: invite('joined'), seq: 2 }),
      frame({ type: 'handoff.changed', handoff: { ...theirs, guests: [guest('joined')], priority: 70 }, seq: 3 }),
    )
    expect(joined.invites[0]?.handoff.priority).toBe(70)
    const ended = reduceDesk(joined, frame({ type: 'handoff.changed', handoff: { ...theirs, state: 'wrap_up', version: 4 }, seq: 4 }))
    expect(ended.invites).toEqual([])
    // A visitor's conversation is never listed as one's own.
    expect(ended.active).toEqual([])
  })

  it('tells the inviter how it was answered', () => {
    const mine = { by: { id: me.id, name: me.name }, advisor: other }
    expect(play(frame({ type: 'invite', invite: invite('declined', mine), seq: 2 })).answered?.state).toBe('declined')
    expect(play(frame({ type: 'invite', invite: invite('declined', mine), seq: 2 })).invites).toEqual([])
  })

  it('collects whispers by conversation, each once after a fresh reading', () => {
    const whisper = { id: 'w1', at: '2026-11-24T06:00:00Z', from: other, text: '先安抚' }
    const heard = play(frame({ type: 'whisper', conversation_id: 'cv-h1', whisper, seq: 2 }), frame({ type: 'whisper', conversation_id: 'cv-h1', whisper, seq: 2 }))
    expect(heard.whispers['cv-h1']).toEqual([whisper])
  })

  it.each([[null, true], [181, true], [180, false], [0, false]])('offers other ways for a wait of %s', (seconds, long) => {
    expect(isLong(seconds)).toBe(long)
  })
})
