import { type KnownLoss, lossId } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { formersOf, presumeLosses } from './presume-losses.ts'

const DAYS = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'] as const
const NOW_MS = Date.parse('2026-02-01T00:00:00Z')
const nameOf = (partition: number, day: 0 | 1, epoch = 0): string => `MOVES_${partition}@${DAYS[day]}#${epoch}`

const formers = (
  read: Readonly<Record<number, string>>,
  archived: Readonly<Record<string, number>>,
  times: Readonly<Record<string, number>> = {},
) =>
  formersOf(new Map(Object.entries(read).map(([partition, appId]) => [Number(partition), { appId }])), {
    txns: new Map(Object.entries(archived)),
    txnTimes: new Map(Object.entries(times)),
  })
const told = (...args: Parameters<typeof formers>): unknown =>
  formers(...args).map(({ partition, created, epoch, committed }) => [partition, created, epoch, committed.sequence])

test('a stream that the table has not been fed from, or is fed from now, is no former one; other counts are none either', () => {
  expect(told({ 0: nameOf(0, 0) }, {})).toEqual([])
  expect(told({ 0: nameOf(0, 0) }, { [nameOf(0, 0)]: 5, 'fleetlake.losses': 3, 'a@b': 1 })).toEqual([])
  expect(told({ 0: nameOf(0, 1) }, { [nameOf(0, 0)]: 5, [nameOf(0, 1)]: 1 })).toEqual([])
})

test('a stream that was made again or rolled back, or is not there, was another as long as the table holds nothing of what is in its place', () => {
  expect(told({ 0: nameOf(0, 1) }, { [nameOf(0, 0)]: 5 })).toEqual([[0, DAYS[0], 0, 5]])
  expect(told({ 0: nameOf(0, 0, 1) }, { [nameOf(0, 0)]: 5 })).toEqual([[0, DAYS[0], 0, 5]])
  expect(told({ 0: nameOf(0, 0) }, { [nameOf(0, 0)]: 1, [nameOf(7, 0, 2)]: 9 })).toEqual([[7, DAYS[0], 2, 9]])
})

const known = (some: Partial<KnownLoss> = {}): KnownLoss => {
  const loss = {
    stream: 'MOVES_0',
    created: DAYS[0],
    epoch: 0,
    partition: 0,
    from: 6,
    to: undefined,
    firstStored: 77,
    lastStored: NOW_MS,
    partitions: undefined,
    geohashLength: undefined,
    toldAt: NOW_MS,
    ...some,
  }
  return { settled: undefined, id: lossId(loss), ...loss }
}

test('beyond what is archived of a former stream messages may be lost, until that is recorded, be it settled or not', () => {
  const gone = formers({ 0: nameOf(0, 1) }, { [nameOf(0, 0)]: 5 }, { [nameOf(0, 0)]: 77 })
  expect(presumeLosses(gone, [], NOW_MS)).toEqual([known()])
  expect(presumeLosses(gone, [known({ from: 3 }), known({ created: DAYS[1] })], NOW_MS)).toEqual([known()])
  expect(presumeLosses(gone, [known({ partitions: 8 })], NOW_MS)).toEqual([])
  expect(presumeLosses(gone, [known({ settled: { at: 1, by: 'o', note: 'n' } })], NOW_MS)).toEqual([])
  // When the last archived message was stored is not known: not before the stream was made.
  expect(presumeLosses(formers({}, { [nameOf(0, 0)]: 5 }), [], NOW_MS)).toEqual([
    known({ firstStored: Date.parse(DAYS[0]) }),
  ])
})
