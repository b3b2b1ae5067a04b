import { abortError } from '../aborted.ts'

/** What the promise becomes; rejects with an `AbortError` as soon as the signal is aborted. */
export const unlessAborted = async <Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(abortError(signal))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What the chunks are, until the signal is aborted: then it ends at once, though a source may never give another one. */
export async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  let isDone = false
  try {
    for (;;) {
      const next = await unlessAborted(iterator.next(), signal)
      if (next.done === true) {
        isDone = true
        return
      }
      yield next.value
    }
  } finally {
    if (!isDone) {
      const ended = iterator.return?.()
      // What hangs can't be awaited.
      if (signal.aborted) ended?.catch(() => {})
      else await ended
    }
  }
}
