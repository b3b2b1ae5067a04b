/** What became of standard output. */
export interface Stdout {
  /** Aborted when its reader has gone, such as `head` that has seen enough; what is written later goes nowhere. */
  readonly closed: AbortSignal
  /** Why it can't be written, a full disk for example; a reader that has gone is not a fault. */
  fault(): Error | undefined
}

let watched: Stdout | undefined

/** The one standard output of the process. If the reader of standard error has gone, messages are dropped. */
export const watchStdout = (): Stdout => (watched ??= watch())

const watch = (): Stdout => {
  const closed = new AbortController()
  let fault: Error | undefined
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') closed.abort()
    else fault ??= error
  })
  process.stderr.on('error', () => undefined)
  return { closed: closed.signal, fault: () => fault }
}
