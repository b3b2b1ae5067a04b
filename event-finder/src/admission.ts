/** Lets a bounded number in at once, the others in the order in which they came. */
export interface Admission {
  /** @returns false when there is no room now */
  tryEnter(): boolean
  /** @returns false when the signal was aborted before there was room */
  enter(signal: AbortSignal): Promise<boolean>
  leave(): void
}

export const createAdmission = (most: number): Admission => {
  const waiting = new Set<() => void>()
  let inside = 0
  const tryEnter = (): boolean => {
    if (inside >= most) return false
    inside++
    return true
  }
  return {
    tryEnter,
    enter: async (signal) => {
      if (signal.aborted) return false
      if (tryEnter()) return true
      return new Promise((resolve) => {
        const settle = (isAdmitted: boolean): void => {
          signal.removeEventListener('abort', giveUp)
          waiting.delete(admit)
          resolve(isAdmitted)
        }
        const admit = (): void => settle(true)
        const giveUp = (): void => settle(false)
        signal.addEventListener('abort', giveUp)
        waiting.add(admit)
      })
    },
    leave: () => {
      const next = waiting.values().next()
      // Whoever waits takes the place over.
      if (next.done === true) inside--
      else next.value()
    },
  }
}
