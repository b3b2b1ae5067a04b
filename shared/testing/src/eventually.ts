import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 10
/** Ends a test that hangs; far more than any condition takes on a machine that is ten times slower or busy with other things. */
const HANGS_AFTER_MS = 240_000

/**
 * Waits for a condition; what it throws counts as not yet.
 * @returns what the condition gave, once it is neither false nor undefined
 * @throws Error with what was waited for and what it last gave or threw
 */
export const eventually = async <Value>(
  condition: () => Value | Promise<Value>,
  { what = 'the condition' }: { what?: string } = {},
): Promise<Exclude<Value, false | undefined>> => {
  const deadline = performance.now() + HANGS_AFTER_MS
  for (;;) {
    let last: unknown
    try {
      const value = await condition()
      if (value !== false && value !== undefined) return value as Exclude<Value, false | undefined>
      last = value
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      throw new Error(`${what} did not come true within ${HANGS_AFTER_MS} ms; at the end: ${String(last)}`, {
        cause: last,
      })
    }
    await delay(POLL_MS)
  }
}
