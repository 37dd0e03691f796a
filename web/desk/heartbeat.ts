/** Calls back regularly also while the page is in the background; with a plain timer where workers are forbidden. */
export function heartbeat(callback: () => void, everyMs: number): () => void {
  try {
    const worker = new Worker(new URL('./heartbeat.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = callback
    worker.postMessage(everyMs)
    return () => worker.terminate()
  } catch {
    const timer = setInterval(callback, everyMs)
    return () => clearInterval(timer)
  }
}
