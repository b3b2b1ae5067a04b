import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import type { Change } from './change.ts'
import { changesOf } from './decide-changes.ts'
import { foldRows, NO_ENTRIES } from './entries.ts'

const VALUE = { account: 'anna', sha256: '0'.repeat(64) }

test('a kind holds a hundred thousand entries and no more; those that were removed do not count', () => {
  const added = Array.from({ length: 100_000 }, (_, i): Change => ({
    kind: 'tokens',
    id: `t${i}`,
    version: 1,
    value: JSON.stringify(VALUE),
    who: 'root',
    at: 1,
  }))
  const full = foldRows(NO_ENTRIES, added)
  const stamp = { who: 'root', at: 2 }
  const oneMore = [{ kind: 'tokens', id: 'one-more', value: VALUE, expected: 0 }]
  expect(() => changesOf(full, oneMore, stamp)).toThrow(
    fault('registry.invalid', 'the registry holds at most 100000 tokens: remove some first'),
  )
  const changed = changesOf(full, [{ kind: 'tokens', id: 't0', value: VALUE, expected: 1 }], stamp)
  expect(changed).toEqual([{ ...added[0], version: 2, at: 2 }])
  const removed = changesOf(full, [{ kind: 'tokens', id: 't0', value: null, expected: 1 }], stamp)
  expect(changesOf(foldRows(full, removed), oneMore, stamp)).toMatchObject([{ id: 'one-more', version: 1 }])
})

test('so many areas there may be', () => {
  const polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  }
  const idOf = (i: number): string => `area-${String(i).padStart(10, '0')}`
  const added = Array.from({ length: 10_000 }, (_, i): Change => ({
    kind: 'areas',
    id: idOf(i),
    version: 1,
    value: JSON.stringify({ name: `a${i}`, geometry: polygon }),
    who: 'root',
    at: 1,
  }))
  const oneMore = [{ kind: 'areas', id: idOf(10_000), value: { name: 'one more', geometry: polygon }, expected: 0 }]
  expect(() => changesOf(foldRows(NO_ENTRIES, added), oneMore, { who: 'root', at: 2 })).toThrow(
    fault('registry.invalid', 'the registry holds at most 10000 areas: remove some first'),
  )
})
