const SLICE_MS = 10

/**
 * Runs work that yields now and then, giving the page back to its user every few milliseconds.
 * @param isOvertaken asked between slices: true gives the work up
 * @returns what the work returned, undefined when it was given up
 */
export const runInSlices = async <Result>(
  work: Generator<void, Result>,
  isOvertaken: () => boolean = () => false,
): Promise<Result | undefined> => {
  for (;;) {
    const until = performance.now() + SLICE_MS
    while (performance.now() < until) {
      const { done, value } = work.next()
      if (done === true) return value
    }
    await nextTask()
    if (isOvertaken()) return undefined
  }
}

/** A task of its own, after input and drawing; a timer would wait 4 ms each time. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
