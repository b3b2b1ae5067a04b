/**
 * One reading at a time for any number of clients. Invariant: what a client gets was read after it had asked.
 */
export const shareReads = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let running: Promise<Value> | undefined
  let following: Promise<Value> | undefined
  const start = (): Promise<Value> => {
    const mine = read().finally(() => {
      if (running === mine) running = undefined
    })
    running = mine
    return mine
  }
  return () => {
    if (running === undefined) return start()
    following ??= running
      .catch(() => undefined)
      .then(() => {
        following = undefined
        return start()
      })
    return following
  }
}
