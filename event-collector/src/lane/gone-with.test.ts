import type { Origin, StreamState } from '@fleetlake/hub'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addFormer, type Former, type GoneOptions, goneWith } from './gone-with.ts'

const DAYS = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z'] as const
const originOf = (created: string, epoch = 0, from = 0): Origin => ({
  appId: `MOVES_0@${created}#${epoch}`,
  created,
  epoch,
  committed: { sequence: 0 },
  from: { created, sequence: from },
})
const streamOf = (created: string, first: number, last: number): StreamState => ({
  created,
  first,
  last,
  messages: last - first + 1,
  bytes: 0,
})
/** All was stored at once, so that nothing has come after the change. */
const add = (
  formers: readonly Former[],
  gone: Pick<Former, 'origin' | 'last'>,
  now: StreamState,
  lastStoredAt: number | 'unknown' = 1,
): Former[] => addFormer(formers, { ...gone, storedAt: 1 }, now, lastStoredAt === 'unknown' ? undefined : lastStoredAt)
const NOW_MS = Date.parse('2026-02-01T00:00:00Z')

const gone = (
  origin: Origin,
  archived: readonly (readonly [origin: Origin, sequence: number, timestampMs?: number])[],
  formers: readonly Former[],
): ReturnType<typeof goneWith> => {
  const offsets: GoneOptions['offsets'] = {
    txns: new Map(archived.map(([{ appId }, sequence]) => [appId, sequence])),
    txnTimes: new Map(archived.flatMap(([{ appId }, , time]) => (time === undefined ? [] : [[appId, time] as const]))),
  }
  return goneWith({ partition: 0, stream: 'MOVES_0', origin, offsets, formers, nowMs: NOW_MS })
}
const [a, b, c] = DAYS.map((created) => originOf(created))

test('nothing is gone with the first stream, nor once the table counts the present one', () => {
  expect(gone(a, [], [])).toEqual([])
  expect(gone(a, [[a, 5]], [])).toEqual([])
  expect(
    gone(
      b,
      [
        [a, 5],
        [b, 1],
      ],
      [],
    ),
  ).toEqual([])
})

test('beyond what the table counts last there may have been more', () => {
  const possible = { partition: 0, created: DAYS[0], epoch: 0, from: 6, to: undefined, lastStored: NOW_MS }
  expect(gone(b, [[a, 5, 77]], [])).toEqual([{ ...possible, firstStored: 77 }])
  expect(gone(b, [[a, 5]], [])).toEqual([{ ...possible, firstStored: Date.parse(DAYS[0]) }])
  // All that is known of it is archived.
  const formers = add([], { origin: a, last: 5 }, streamOf(DAYS[1], 1, 3))
  expect(gone(b, [[a, 5, 77]], formers)).toEqual([{ ...possible, firstStored: 77 }])
})

test('what is known is told to its last message, also of a stream of which the table has nothing', () => {
  const formers = add([], { origin: a, last: 8 }, streamOf(DAYS[1], 1, 0))
  const lost = { partition: 0, created: DAYS[0], epoch: 0, to: 8, lastStored: NOW_MS }
  expect(gone(b, [[a, 5, 77]], formers)).toEqual([{ ...lost, from: 6, firstStored: 77 }])
  expect(gone(b, [], formers)).toEqual([{ ...lost, from: 1, firstStored: Date.parse(DAYS[0]) }])
})

test('what a stream that was rolled back still holds is not gone; what it may hold is told, once it has grown again', () => {
  const rangesOf = (first: number, last: number, ...lastStoredAt: (number | 'unknown')[]): unknown =>
    gone(
      originOf(DAYS[0], 1),
      [[a, 2]],
      add([], { origin: a, last: 9 }, streamOf(DAYS[0], first, last), ...lastStoredAt),
    ).map(({ epoch, from, to }) => [epoch, from, to])
  expect(rangesOf(1, 6)).toEqual([[0, 7, 9]])
  expect(rangesOf(5, 6)).toEqual([
    [0, 3, 4],
    [0, 7, 9],
  ])
  expect(rangesOf(7, 6)).toEqual([[0, 3, 9]])
  expect(rangesOf(1, 1)).toEqual([[0, 3, 9]])
  expect(rangesOf(1, 10)).toEqual([[0, 3, 9]])
  expect(rangesOf(1, 6, 2)).toEqual([[0, 3, 9]])
  expect(rangesOf(1, 9, 'unknown')).toEqual([[0, 3, 9]])
})

test('of several that are gone each is told, and what an earlier change has left ends with the next', () => {
  const again = originOf(DAYS[0], 1)
  const rolledBack = add([], { origin: a, last: 9 }, streamOf(DAYS[0], 1, 7))
  const twice = add(rolledBack, { origin: again, last: 8 }, streamOf(DAYS[0], 1, 5))
  const told = (origin: Origin, formers: readonly Former[]): unknown =>
    gone(origin, [[a, 2]], formers).map(({ created, epoch, from, to }) => [created, epoch, from, to])
  expect(told(again, rolledBack)).toEqual([[DAYS[0], 0, 8, 9]])
  expect(told(originOf(DAYS[0], 2), twice)).toEqual([
    [DAYS[0], 0, 6, 9],
    [DAYS[0], 1, 6, 8],
  ])
  const made = add(twice, { origin: originOf(DAYS[0], 2), last: 0 }, streamOf(DAYS[1], 1, 0))
  expect(told(c, add(made, { origin: b, last: 4 }, streamOf(DAYS[2], 1, 0)))).toEqual([
    [DAYS[0], 0, 3, 9],
    [DAYS[0], 1, 1, 8],
    [DAYS[1], 0, 1, 4],
  ])
})

test('what lies before the first message of an epoch was another epoch’s to archive', () => {
  const formers = add([], { origin: originOf(DAYS[0], 1, 30), last: 32 }, streamOf(DAYS[1], 1, 0))
  expect(gone(b, [], formers).map(({ from, to }) => [from, to])).toEqual([[31, 32]])
})

test('a stream that is there again under its name is not gone', () => {
  const formers = add([], { origin: a, last: 9 }, streamOf(DAYS[1], 1, 3))
  expect(gone(a, [], formers)).toEqual([])
})

test('each message that a former state held is archived, still held, or told, and only one of the three', () => {
  const small = fc.nat(12)
  fc.assert(
    fc.property(small, small, small, small, (last, archived, first, held) => {
      const now = streamOf(DAYS[0], first + 1, held)
      const formers = add([], { origin: a, last }, now)
      const lost = gone(originOf(DAYS[0], 1), archived === 0 ? [] : [[a, archived]], formers)
      for (let sequence = 1; sequence <= last; sequence++) {
        const isHeld = held <= last && first < sequence && sequence <= held
        const told = lost.filter(({ from, to }) => from <= sequence && sequence <= (to ?? 0))
        expect([sequence, told.length]).toEqual([sequence, sequence <= archived || isHeld ? 0 : 1])
      }
    }),
  )
})
