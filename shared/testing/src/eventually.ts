import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 10
/** Ends a test that hangs; far more than any condition takes on a machine that is ten times slower or busy with other things. */
const HANGS_AFTER_MS = 240_000

/**
 * Waits for a condition; what it throws counts as not yet.
 * @param seen of much work: what changes while there is progress, so that no machine is too slow for it
 * @returns what the condition gave, once it is neither false nor undefined
 * @throws Error with what was waited for and what it last gave or threw
 */
export const eventually = async <Value>(
  condition: () => Value | Promise<Value>,
  { what = 'the condition', seen = () => undefined }: { what?: string; seen?: () => unknown } = {},
): Promise<Exclude<Value, false | undefined>> => {
  let deadline = performance.now() + HANGS_AFTER_MS
  let before = seen()
  for (;;) {
    let last: unknown
    try {
      const value = await condition()
      if (value !== false && value !== undefined) return value as Exclude<Value, false | undefined>
      last = value
    } catch (error) {
      last = error
    }
    const now = seen()
    if (now !== before) deadline = performance.now() + HANGS_AFTER_MS
    before = now
    if (performance.now() > deadline) {
      throw new Error(
        `${what} did not come true, and nothing was seen to happen for ${HANGS_AFTER_MS} ms; at the end: ${String(last)}`,
        {
          cause: last,
        },
      )
    }
    await delay(POLL_MS)
  }
}
