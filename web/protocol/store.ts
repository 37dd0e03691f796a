/** The smallest store React can watch: one state, one reducer. */

export class Store<State, Event> {
  private state: State
  private readonly reduce: (state: State, event: Event) => State
  private readonly watchers = new Set<() => void>()

  constructor(first: State, reduce: (state: State, event: Event) => State) {
    this.state = first
    this.reduce = reduce
  }

  readonly read = (): State => this.state

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  dispatch(event: Event): void {
    const next = this.reduce(this.state, event)
    if (next === this.state) return
    this.state = next
    for (const watcher of this.watchers) watcher()
  }
}
