/** Memory that several pieces of work share, in bytes. */
export interface ByteBudget {
  /** Waits for its turn, first come first served. @returns gives the bytes back */
  take(bytes: number): Promise<() => void>
  /** Somebody waits. */
  isShort(): boolean
}

/** @param total bytes; work that asks for more than that runs alone */
export const createByteBudget = (total: number): ByteBudget => {
  const waiting: { readonly bytes: number; readonly begin: () => void }[] = []
  let left = total
  const next = (): void => {
    while (waiting.length > 0 && waiting[0].bytes <= left) {
      const { bytes, begin } = waiting.shift()!
      left -= bytes
      begin()
    }
  }
  return {
    isShort: () => waiting.length > 0,
    take: async (asked) => {
      const bytes = Math.min(asked, total)
      await new Promise<void>((begin) => {
        waiting.push({ bytes, begin })
        next()
      })
      return () => {
        left += bytes
        next()
      }
    },
  }
}
