import { abortError } from '../aborted.ts'

/** What the chunks are, until the signal is aborted: then it ends at once, though a source may never give another one. */
export async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const abort = (): void => aborted.reject(abortError(signal))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  let isDone = false
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise])
      if (next.done === true) {
        isDone = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', abort)
    if (!isDone) {
      const ended = iterator.return?.()
      // What hangs can't be awaited.
      if (signal.aborted) ended?.catch(() => {})
      else await ended
    }
  }
}
