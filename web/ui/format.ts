/** Times and lengths of time as a Chinese reader expects them; always Shanghai's clock. */

import { common } from './messages.zh'

const parts = new Intl.DateTimeFormat('en-US', {
  timeZone: 'Asia/Shanghai', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit',
})

function shanghai(at: string): Record<string, string> {
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return {}
  return Object.fromEntries(parts.formatToParts(time).map(({ type, value }) => [type, value]))
}

/** 14:05 */
export function clock(at: string): string {
  const { hour, minute } = shanghai(at)
  return hour ? `${hour}:${minute}` : ''
}

/** 11月24日(周二) */
export function day(at: string): string {
  const { year, month, day: date } = shanghai(at)
  if (!year) return ''
  const weekday = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date))).getUTCDay()
  return common.date(Number(month), Number(date), common.weekday[weekday] ?? '')
}

/** 45 秒, 2 分 5 秒, 1 小时 3 分 */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return common.seconds(whole)
  if (whole < 3600) return common.minutesSeconds(Math.floor(whole / 60), whole % 60)
  return common.hours(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60))
}

/** A forecast is no measurement: whole minutes, upwards. */
export function estimate(seconds: number): string {
  return seconds < 60 ? common.seconds(Math.max(10, Math.ceil(seconds / 10) * 10)) : common.minutes(Math.ceil(seconds / 60))
}

/** A figure of a chart with at most `digits` decimals and thousands separators. */
export function figure(value: number, digits = 2): string {
  return value.toLocaleString('zh-CN', { maximumFractionDigits: digits })
}

const FULL: Record<string, string> = { ',': '，', ';': '；', ':': '：', '?': '？', '!': '！' }
const wide = (letter: string | undefined) => letter !== undefined && /[\u3400-\u9fff「」《》“”、。]/.test(letter)

/** Chinese text with Chinese marks: 「中优先级 52:客户要求,已等」 gets 「：」 and 「，」, 10,000 and 14:05 stay. */
export function punctuated(text: string): string {
  return text.replace(/[,;:?!]/g, (mark: string, at: number) => (wide(text[at - 1]) || wide(text[at + 1]) ? (FULL[mark] ?? mark) : mark))
}
