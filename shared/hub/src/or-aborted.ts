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
