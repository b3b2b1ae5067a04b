import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pauseOf, repeat, within } from './attempts.ts'
import { type FaultKind, RequestFault } from './requests.ts'

const patience = { attempts: 4, timeoutMs: 50 }

/** What fails with these kinds, one after the other, and then succeeds. */
const failing = (kinds: readonly FaultKind[]) => {
  let calls = 0
  return async (): Promise<number> => {
    const kind = kinds[calls++]
    if (kind !== undefined) throw new RequestFault(kind, `fault ${calls}`)
    return calls
  }
}

test('what may be repeated is repeated, as often as it may be', async () => {
  expect(await repeat(patience, failing([]))).toBe(1)
  expect(await repeat(patience, failing(['again', 'unknown', 'again']))).toBe(4)
  await expect(repeat(patience, failing(['again', 'again', 'again', 'unknown']))).rejects.toThrow('fault 4')
})

test.each<FaultKind>(['condition', 'gone', 'final'])('what came to "%s" is not repeated', async (kind) => {
  await expect(repeat(patience, failing(['again', kind]))).rejects.toThrow('fault 2')
})

test('pauses are spread from nothing to twice the last bound, and never below what the store asks for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      fc.nat(5_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, isThrottled, retryAfterMs, random) => {
        const fault = new RequestFault('again', '', { isThrottled, retryAfterMs })
        const bound = Math.min(10_000, (isThrottled ? 1_000 : 100) * 2 ** (attempt - 1))
        expect(pauseOf(attempt, fault, () => random)).toBe(retryAfterMs + random * bound)
      },
    ),
  )
})

test('a request that hangs is given up and told to stop, and its outcome is unknown', async () => {
  let heard: AbortSignal | undefined
  const hanging = within(patience, 0, (signal) => {
    heard = signal
    return new Promise<never>(() => {})
  })
  await expect(hanging).rejects.toMatchObject({ kind: 'unknown', message: 'no answer within 0.1 s' })
  expect(heard?.aborted).toBe(true)
})

test('a request to which something comes back again and again is not given up', async () => {
  const slow = within({ ...patience, timeoutMs: 1_000 }, 0, async (_, onBytes) => {
    for (let i = 0; i < 15; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      onBytes()
    }
    return 'done'
  })
  expect(await slow).toBe('done')
})
