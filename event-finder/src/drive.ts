/** Decisions about one thing, without clock, messages or promises: what is to be done about what happens. */
export interface Machine<Event, Effect> {
  step(event: Event, nowMs: number): readonly Effect[]
  /** When a tick is due, by the clock of `step`; undefined while none is. */
  wakeAt(): number | undefined
}

export interface DriveOptions<Event, Effect> {
  carryOut(effect: Effect): void
  /** What is said when a tick is due. */
  tick(): Event
  /** This process's own when missing. */
  readonly time?: Time
}

export interface Time {
  now(): number
  /** @returns changes one's mind */
  after(ms: number, act: () => void): () => void
}

const ownTime: Time = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}

/**
 * Drives a machine. Invariant: an event is taken in when all that came of the one before has been carried out, also when carrying it out has brought
 * the event.
 * @returns tells it what has happened
 */
export const drive = <Event, Effect>(
  machine: Machine<Event, Effect>,
  { carryOut, tick, time = ownTime }: DriveOptions<Event, Effect>,
): ((event: Event) => void) => {
  const events: Event[] = []
  let isBusy = false
  let stopTimer: (() => void) | undefined
  let timerMs: number | undefined

  const setTimer = (): void => {
    const at = machine.wakeAt()
    if (at === timerMs) return
    stopTimer?.()
    timerMs = at
    stopTimer = at === undefined ? undefined : time.after(Math.max(0, Math.ceil(at - time.now())), wake)
  }
  const wake = (): void => {
    timerMs = undefined
    happen(tick())
  }
  const happen = (event: Event): void => {
    events.push(event)
    if (isBusy) return
    isBusy = true
    try {
      for (let next = events.shift(); next !== undefined; next = events.shift()) {
        for (const effect of machine.step(next, time.now())) carryOut(effect)
      }
    } finally {
      isBusy = false
      setTimer()
    }
  }
  return happen
}
