/** Two soft notes for a new offer. Browsers keep silent until the page was touched once. */

let context: AudioContext | undefined

export function ring(): void {
  try {
    context ??= new AudioContext()
    void context.resume()
    note(context, 784, 0)
    note(context, 1047, 0.16)
  } catch {
    // No sound device: title and list say it too.
  }
}

function note(audio: AudioContext, hertz: number, after: number): void {
  const start = audio.currentTime + after
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  tone.frequency.value = hertz
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(0.18, start + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35)
  tone.connect(volume).connect(audio.destination)
  tone.start(start)
  tone.stop(start + 0.4)
}
