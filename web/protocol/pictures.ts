/** Pictures in the conversation: a client's message in WeChat names the kept file in its text. */

const PICTURE = /^\[图片\]\s*([0-9a-f]{40}\.(?:jpg|png|gif))\s*$/

/** The name of the picture that a message is, or null for words. */
export function pictureOf(text: string): string | null {
  return PICTURE.exec(text)?.[1] ?? null
}

export function pictureAddress(conversationId: string, name: string): string {
  return `/api/desk/conversations/${encodeURIComponent(conversationId)}/pictures/${encodeURIComponent(name)}`
}
