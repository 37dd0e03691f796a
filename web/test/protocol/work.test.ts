import { describe, expect, it } from 'vitest'
import { alerted, type SlaAlert } from '../../protocol/alerts'
import { pictureAddress, pictureOf } from '../../protocol/pictures'
import { best, grade, type PracticeRow } from '../../protocol/practice'
import { matching, readSnippets, type Snippet, wanted, withSnippet } from '../../protocol/snippets'

const NAMES = { name: '王秀英', advisor: '林静怡' }
const snippets: Snippet[] = [
  { key: 'ld', title: '理解担心', text: '我理解您的担心，{name}。' },
  { key: 'nh', title: '开场', text: '{name}，您好，我是{advisor}。' },
]

describe('snippets', () => {
  it.each([
    ['/', ''], ['/l', 'l'], ['您好 /LD', 'ld'], ['、ld', 'ld'],
    ['2/3', null], ['/ld 好', null], ['', null], ['http://x/y', null],
  ])('%j looks for %j', (draft, word) => expect(wanted(draft)).toBe(word))

  it('are found by key, title and words', () => {
    expect(matching(snippets, '').length).toBe(2)
    expect(matching(snippets, 'l')).toEqual([snippets[0]])
    expect(matching(snippets, '开场')).toEqual([snippets[1]])
    expect(matching(snippets, '您好')).toEqual([snippets[1]])
  })

  it('take the place of what was typed to find them', () => {
    expect(withSnippet('/nh', snippets[1]!, NAMES)).toBe('王秀英，您好，我是林静怡。')
    expect(withSnippet('先说一句 /ld', snippets[0]!, NAMES)).toBe('先说一句\n我理解您的担心，王秀英。')
    expect(withSnippet('已经写好', snippets[0]!, NAMES)).toBe('已经写好\n我理解您的担心，王秀英。')
  })

  it('are read from what was stored, whatever that is', () => {
    expect(readSnippets(JSON.stringify(snippets))).toEqual(snippets)
    for (const broken of [null, '{', '7', '[1, null, {"key": 1}]']) expect(readSnippets(broken)).toEqual([])
  })
})

describe('pictures', () => {
  const name = `${'0a'.repeat(20)}.jpg`
  it('are messages that name a kept file and nothing else', () => {
    expect(pictureOf(`[图片] ${name}`)).toBe(name)
    for (const words of [`看 [图片] ${name}`, '[图片] ../../etc.jpg', '[图片]', name]) expect(pictureOf(words)).toBeNull()
    expect(pictureAddress('cv-C1/x', name)).toBe(`/api/desk/conversations/cv-C1%2Fx/pictures/${name}`)
  })
})

describe('practice', () => {
  const row = (case_id: string, score: number | null): PracticeRow => ({
    id: `${case_id}${score}`, case_id, title: '', staff: { id: 'A01', name: '' }, started_at: '', ended_at: null, score, passed: null, verdict: null,
  })
  it('keeps the best score of each case', () => {
    expect([...best([row('a', 60), row('a', 80), row('a', null), row('b', null), row('c', 0)])]).toEqual([['a', 80], ['c', 0]])
  })
  it('grades a point by its share', () => expect([1, 0.5, 0].map(grade)).toEqual(['full', 'part', 'none']))
})

describe('alerts', () => {
  const alert = (id: string, seen_at: string | null = null) => ({ id, seen_at }) as SlaAlert
  it('stand newest first until somebody has taken note', () => {
    const two = alerted(alerted([], alert('a')), alert('b'))
    expect(two.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(alerted(two, alert('a')).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(alerted(two, alert('b', '2026-11-24T06:00:00Z')).map(({ id }) => id)).toEqual(['a'])
  })
})
