import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runSearchWorld } from '../testing/search-world.ts'

test('whatever happens in whatever order: each query is answered once, and truly', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { violations, story } = runSearchWorld(seed)
      if (violations.length > 0) throw new Error([...violations, '', ...story].join('\n'))
    }),
    { numRuns: 2_000 },
  )
})

test('the world holds what it is about', () => {
  const seen = new Map<string, number>()
  for (let seed = 0; seed < 500; seed++)
    for (const [what, count] of runSearchWorld(seed).seen) seen.set(what, (seen.get(what) ?? 0) + count)
  console.log(seen)
  expect(seen.size).toBeGreaterThan(3)
})
