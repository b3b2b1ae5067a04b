/** npm passes on a signal that the terminal has already sent to all: that is one Ctrl-C. */
const SAME_SIGNAL_MS = 1000

/** Of a command that was interrupted, by the custom of shells. */
export const INTERRUPTED = 130

/** Aborted by the first Ctrl-C (or SIGTERM, or SIGHUP when the terminal goes), which asks to end in order; the second leaves at once. */
export const interruption = (): AbortSignal => {
  const aborter = new AbortController()
  let firstMs: number | undefined
  const onSignal = (): void => {
    const nowMs = performance.now()
    if (firstMs !== undefined && nowMs - firstMs > SAME_SIGNAL_MS) process.exit(INTERRUPTED)
    firstMs ??= nowMs
    aborter.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return aborter.signal
}
