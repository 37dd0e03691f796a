/** Files in the conversation: a client's message names the kept file in its text. */

const PICTURE = /^\[图片\]\s*([0-9a-f]{40}\.(?:jpg|png|gif))\s*$/
const DOCUMENT = /^\[文件\]\s*([0-9a-f]{40}\.pdf)(?:\s+(.+?))?\s*$/

/** The name of the picture that a message is, or null for words. */
export function pictureOf(text: string): string | null {
  return PICTURE.exec(text)?.[1] ?? null
}

/** The document that a message is: its kept name, and the one that the client knows it by. */
export function documentOf(text: string): { name: string; title: string } | null {
  const found = DOCUMENT.exec(text)
  return found?.[1] ? { name: found[1], title: found[2] ?? found[1] } : null
}

export function pictureAddress(conversationId: string, name: string, small = false): string {
  return `/api/desk/conversations/${encodeURIComponent(conversationId)}/pictures/${encodeURIComponent(name)}${small ? '?small=1' : ''}`
}

/** The client's own. */
export function fileAddress(name: string, small = false): string {
  return `/api/chat/files/${encodeURIComponent(name)}${small ? '?small=1' : ''}`
}
