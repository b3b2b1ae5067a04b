import { setTimeout as delay } from 'node:timers/promises'

export interface RepeatOptions {
  readonly everyMs: number
  readonly signal: AbortSignal
}

/** Does something that never rejects again and again until `signal` ends it, one at a time however long it takes. */
export const repeat = async (work: () => Promise<void>, { everyMs, signal }: RepeatOptions): Promise<void> => {
  while (!signal.aborted) {
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await work()
  }
}
