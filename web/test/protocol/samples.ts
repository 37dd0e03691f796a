import { type ChatSnapshot, type Colleague, type Handoff, type Message } from '../../protocol/types'

export const CV = 'cv-C0001'

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    seq, id: `m${seq}`, conversation_id: CV, author: 'ai', author_id: null, name: null, text: `第 ${seq} 条`, card: null,
    quick_replies: [], channel: 'web', at: new Date(Date.UTC(2026, 10, 24, 6, 0, seq)).toISOString(), ...more,
  }
}

export const messages = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index))

export function chatSnapshot(list: Message[], more: Partial<ChatSnapshot> = {}): ChatSnapshot {
  return {
    epoch: 'e1', seq: list[list.length - 1]?.seq ?? 0, client: { id: 'C0001', name: '陈女士', stage: '成长', elderly: false },
    owner: { kind: 'bot', advisor: null }, messages: list, waiting: null, rating_asked: null, suggestions: ['最近收益怎么样'], ...more,
  }
}

export const me: Colleague = { id: 'A01', name: '林静怡', role: '顾问', presence: 'online', load: 1, capacity: 4, skills: {} }

export function handoff(id: string, more: Partial<Handoff> = {}): Handoff {
  return {
    id, version: 1, state: 'waiting', conversation_id: `cv-${id}`,
    client: { id, name: '陈女士', stage: '成长', tier: '财富', age: 38, risk_level: 'C3', member_level: '钻石' },
    topic: '投资', second_topic: null, reasons: [], priority: 50, level: 'medium', explanation: '', emotion: null, strength: null,
    requested_at: '2026-11-24T06:00:00Z', waited_seconds: 0, owner: null, offered_to: null, offer_expires_at: null, because: [],
    last_message: null, channel: 'web', ...more,
  }
}
