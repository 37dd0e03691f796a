/** Speaking and listening, where the browser can: the Web Speech API, which TypeScript's DOM does not describe in full. */

interface Recognition {
  lang: string
  interimResults: boolean
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null
  onend: (() => void) | null
  start(): void
  stop(): void
}

type Maker = new () => Recognition

const maker = (): Maker | undefined => {
  const host = window as unknown as { SpeechRecognition?: Maker; webkitSpeechRecognition?: Maker }
  return host.SpeechRecognition ?? host.webkitSpeechRecognition
}

export const canListen = (): boolean => maker() !== undefined
export const canSpeak = (): boolean => 'speechSynthesis' in window && 'SpeechSynthesisUtterance' in window

/** Listens until the speaker pauses or the returned function is called. */
export function listen(onText: (text: string) => void, onEnd: () => void): () => void {
  const Recognizer = maker()
  if (!Recognizer) return () => undefined
  const recognition = new Recognizer()
  recognition.lang = 'zh-CN'
  recognition.interimResults = true
  recognition.onresult = ({ results }) => {
    onText(Array.from(results, (result) => result[0]?.transcript ?? '').join(''))
  }
  recognition.onend = onEnd
  recognition.start()
  return () => recognition.stop()
}

export function speak(text: string): void {
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.lang = 'zh-CN'
  // A little slower than the default: those who ask for it are often elderly.
  utterance.rate = 0.9
  speechSynthesis.cancel()
  speechSynthesis.speak(utterance)
}

export function hush(): void {
  if (canSpeak()) speechSynthesis.cancel()
}
