import type { KeptTable, Manifest } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { countTail } from './look-at-hub.ts'

const stream = (name: string, first: number, last: number) => ({
  name,
  created: '2026-11-01T00:00:00Z',
  first,
  last,
  messages: last - first + 1,
  bytes: 1,
})

const manifestOf = (
  offsets: Readonly<Record<string, number>>,
  streams: readonly ReturnType<typeof stream>[],
): Pick<Manifest, 'hub' | 'tables'> => ({
  hub: { server: '2.15.1', streams: [...streams] },
  tables: { moves: { offsets } as KeptTable },
})

test('what the hub holds and the archive does not is counted by the epoch that a stream is at', () => {
  const offsets = {
    'MOVES_0@2026-11-01T00:00:00Z#0': 90,
    'MOVES_0@2026-11-01T00:00:00Z#1': 40,
    'MOVES_1@2026-10-01T00:00:00Z#0': 70,
  }
  // MOVES_0 was rolled back from 90 and is read again: 40 of 50. MOVES_1 was made again: of its 20 nothing is archived.
  expect(countTail(manifestOf(offsets, [stream('MOVES_0', 1, 50), stream('MOVES_1', 1, 20)]))).toBe(30)
  // What was purged is not held.
  expect(countTail(manifestOf({}, [stream('MOVES_0', 11, 30), stream('DEAD_LETTERS', 1, 9)]))).toBe(20)
  expect(countTail(manifestOf(offsets, [stream('MOVES_0', 41, 40)]))).toBe(0)
  expect(countTail({ ...manifestOf(offsets, []), hub: null })).toBeUndefined()
})
