/** Whose WeChat belongs to the client: docs/wechat.md. */

export interface Bindings {
  bound: { id: string; kind: string; state: string; bound_at: string | null; spoke_at: string | null }[]
  waiting: { since: string } | null
}

export interface BindingCode {
  code: string
  expires_at: string
  words: string
  /** A picture with the same code, where the platform gives one. */
  link: string | null
}
