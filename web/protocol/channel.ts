/** What the client's channel still lets us send: docs/wechat.md. */

export interface ChannelState {
  channel: string
  left: number
  of: number
  until: string | null
  words: string
}
