/** Lets a bounded number in at once, the others in the order in which they came. */
export interface Admission {
  /** @returns false when there was no room within the time */
  enter(withinMs: number): Promise<boolean>
  leave(): void
}

export const createAdmission = (most: number): Admission => {
  const waiting = new Set<() => void>()
  let inside = 0
  return {
    enter: async (withinMs) => {
      if (inside < most) {
        inside++
        return true
      }
      return new Promise((resolve) => {
        const admit = (): void => {
          clearTimeout(patience)
          waiting.delete(admit)
          resolve(true)
        }
        const patience = setTimeout(() => {
          waiting.delete(admit)
          resolve(false)
        }, withinMs)
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
