/** The Chinese words that the protocol itself uses as values: roles and emotions. */

export type Role = '客服' | '顾问' | '专家' | '主管' | '训练师'
export type Emotion = '焦虑' | '恐慌' | '失望' | '愤怒' | '困惑' | '平静' | '安心' | '满意'

export const SUPERVISOR: Role = '主管'
export const EXPERT: Role = '专家'
/** Who may ask for lists of clients. */
export const LISTED: readonly Role[] = ['顾问', '专家', '主管']
export const TOPICS = [
  '投资', '教育金', '养老', '买房', '保险', '税务', '跨境', '法律', '家族信托', '私募',
  '投诉', '账户安全', '交易操作', '新手', '情绪安抚', '情绪安抚+持仓建议',
] as const

const NEGATIVE: ReadonlySet<string> = new Set(['焦虑', '恐慌', '失望', '愤怒'])
const POSITIVE: ReadonlySet<string> = new Set(['安心', '满意'])

export type Mood = 'negative' | 'positive' | 'neutral'

export function mood(emotion: string): Mood {
  if (NEGATIVE.has(emotion)) return 'negative'
  return POSITIVE.has(emotion) ? 'positive' : 'neutral'
}
