/** What the reading of an input rejects with once its signal is aborted, whatever the signal's reason is. */
export const abortError = (signal: AbortSignal): Error =>
  Object.assign(new Error('the reading was aborted', { cause: signal.reason }), { name: 'AbortError' })

export const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw abortError(signal)
}
