/** What `promise` becomes; rejects at once when `signal` says that there is no more time for it. */
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
