import type { VersionChanges } from '@fleetlake/archive'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTouchedPairs } from './touched-pairs.ts'

const DATES = ['2026-01-05', '2026-01-06']
const CELLS = ['6c9x1', '6c9x2', '6c9x3']

const change = (
  version: number,
  added: readonly number[],
  removed: readonly (number | undefined)[],
): VersionChanges => {
  const place = (i: number) => ({ date: DATES[i % 2], cell: CELLS[i % 3] })
  return {
    version,
    commit: version * 7,
    madeMs: undefined,
    isRetention: false,
    added: added.map((i) => place(i) as never),
    removed: removed.map((i) => ({ path: 'a', place: i === undefined ? undefined : place(i) })),
  }
}

const versions = fc
  .array(
    fc.record({
      added: fc.array(fc.nat(5), { maxLength: 3 }),
      removed: fc.array(fc.option(fc.nat(5), { nil: undefined, freq: 9 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all) => all.map(({ added, removed }, version) => change(version, added, removed)))

const expected = (log: readonly VersionChanges[], after: number, to: number): string[] | undefined => {
  const found = new Set<string>()
  for (const { added, removed } of log.slice(after + 1, to + 1)) {
    for (const place of [...added, ...removed.map((each) => each.place)]) {
      if (place === undefined) return undefined
      found.add(`${place.date}/${place.cell}`)
    }
  }
  return [...found].toSorted()
}

test('what is told of any versions, asked in any order, is what they changed; what was read is not read again', () =>
  fc.assert(
    fc.asyncProperty(
      versions,
      fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { minLength: 1, maxLength: 8 }),
      async (log, questions) => {
        const read: number[] = []
        const touched = createTouchedPairs(async (after, to) => {
          for (let version = after + 1; version <= to; version++) read.push(version)
          return log.slice(after + 1, to + 1)
        })
        for (const [one, other] of [...questions, ...questions]) {
          const [after, to] = [one, other].map((at) => at % log.length).toSorted((a, b) => a - b)
          const found = await touched.since(after, after * 7, to)
          expect(found && [...found].toSorted()).toEqual(expected(log, after, to))
        }
        const once = read.length
        for (const [one] of questions) await touched.since(one % log.length, (one % log.length) * 7, one % log.length)
        expect(read.length).toBe(once)
      },
    ),
  ))

test('nothing is told where another commit is at the version, where the log has gone, and of too many versions', async () => {
  const log = Array.from({ length: 600 }, (_, version) => change(version, [version], []))
  const touched = createTouchedPairs(async (after, to) => (after < 9 ? undefined : log.slice(after + 1, to + 1)))
  expect([
    await touched.since(20, 140, 20),
    await touched.since(20, 141, 22),
    await touched.since(5, 35, 22),
    await touched.since(20, 140, 599),
    await touched.since(-1, 0, 3),
    (await touched.since(100, 700, 599))?.size,
  ]).toEqual([new Set(), undefined, undefined, undefined, undefined, 6])
})
