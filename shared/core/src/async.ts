/** Resolves when the time is up, or as soon as the signal is aborted; nothing stays behind on the signal. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })

/** Settles as the promise does, or resolves as soon as the signal is aborted; nothing stays behind on the signal. */
export const orAborted = (promise: Promise<unknown>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const onAbort = (): void => end(resolve)
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', onAbort)
    // Also when it is over already: what is rejected later is then no unhandled fault.
    promise.then(
      () => end(resolve),
      (error: unknown) => end(() => reject(error)),
    )
  })

/** What the promise becomes; rejects as soon as the signal is aborted. */
export const within = async <Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> => {
  const ended = Promise.withResolvers<never>()
  const end = (): void => ended.reject(new Error('there was no more time'))
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  try {
    return await Promise.race([promise, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

export interface RepeatOptions {
  readonly everyMs: number
  readonly signal: AbortSignal
}

/** Repeats work that never rejects until the signal is aborted, one at a time however long it takes. */
export const repeat = async (work: () => Promise<void>, { everyMs, signal }: RepeatOptions): Promise<void> => {
  while (!signal.aborted) {
    await sleep(everyMs, signal)
    if (!signal.aborted) await work()
  }
}

/** Runs one at a time, in the order of the calls; a failure is its caller's only. */
export const createQueue = (): (<Value>(run: () => Promise<Value>) => Promise<Value>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run, run)
    last = result.catch(() => undefined)
    return result
  }
}
