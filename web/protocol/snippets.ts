/** Ready sentences: those of the team, and an advisor's own. */

export interface Snippet {
  key: string
  title: string
  text: string
}

/** What stands for a name in a snippet. */
export interface Names {
  name: string
  advisor: string
}

/** The word behind the last "/" if the draft ends with it: what to look for. Null when no snippet is meant. */
export function wanted(draft: string): string | null {
  return /(?:^|\s)[/、]([^\s/、]{0,12})$/.exec(draft)?.[1]?.toLowerCase() ?? null
}

export function matching(snippets: readonly Snippet[], word: string): Snippet[] {
  return snippets.filter(({ key, title, text }) => key.toLowerCase().startsWith(word) || title.includes(word) || (word.length > 1 && text.includes(word)))
}

/** The draft with the snippet in the place of what was typed to find it. */
export function withSnippet(draft: string, snippet: Snippet, names: Names): string {
  const words = snippet.text.replaceAll('{name}', names.name).replaceAll('{advisor}', names.advisor)
  const before = draft.replace(/[/、][^\s/、]{0,12}$/, '').trimEnd()
  return before ? `${before}\n${words}` : words
}

/** Own snippets as they were stored; anything else counts as none. */
export function readSnippets(stored: string | null): Snippet[] {
  try {
    const found: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(found) ? found.filter((one): one is Snippet => typeof one?.key === 'string' && typeof one?.title === 'string' && typeof one?.text === 'string') : []
  } catch {
    return []
  }
}
