import { expect, test } from 'vitest'
import { createMutants } from './mutants.ts'
import { fuzz } from './target.ts'
import { FUZZ_GROUPS } from './targets.ts'

/** `node scripts/fuzz/arrow.ts`, `texts.ts` and `imports.ts` make millions. */
const MUTANTS = Number(process.env['FLEET_FUZZ_MUTANTS'] ?? 2_000)

const targets = Object.values(FUZZ_GROUPS).flatMap((make) => make())

test.each(targets)('$name: what is damaged is refused with a reason or read within its limits', async (target) => {
  const mutants = target.isOfFiles === true ? Math.ceil(MUTANTS / 5) : MUTANTS
  const { crashes, accepted, outcomes } = await fuzz(target, { mutants, seed: 7 })
  expect(crashes.map(({ index, error }) => `${index}: ${error}`)).toEqual([])
  // It reaches both: else it would prove nothing.
  expect(accepted).toBeGreaterThan(0)
  expect(outcomes).toBeGreaterThan(1)
})

test('the same seed makes the same mutants', () => {
  const made = [1, 2].map(() => {
    const mutants = createMutants([Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)], { seed: 3 })
    return Array.from({ length: 200 }, () => [...mutants.next()])
  })
  expect(made[0]).toEqual(made[1])
})
