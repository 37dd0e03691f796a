/** Browsers slow the timers of background pages to one a minute, a worker's timers not: the advisor's lease lives on them. */

let timer: ReturnType<typeof setInterval> | undefined

self.onmessage = (event: MessageEvent<number>) => {
  clearInterval(timer)
  timer = setInterval(() => self.postMessage(null), event.data)
}
