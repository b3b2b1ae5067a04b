import type { StreamMark } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import type { StreamState } from '../read/stream-verdict.ts'
import { findStreamFaults, type StreamFault } from './stream-faults.ts'

const [OLD, NEW] = ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z']

/** Of a stream of which 10 messages are archived; each was stored at a hundred times its sequence. */
const faultOf = (
  stream: Partial<StreamState> | undefined,
  {
    mark,
    storedAt = (sequence) => sequence * 100,
  }: { mark?: Partial<StreamMark>; storedAt?: (sequence: number) => number | undefined } = {},
): StreamFault | undefined =>
  findStreamFaults({
    offsets: { txns: new Map([[`MOVES_0@${OLD}#0`, 10]]), txnTimes: new Map([[`MOVES_0@${OLD}#0`, 1_000]]) },
    partitions: [0],
    streams: new Map(
      stream === undefined ? [] : [[0, { created: OLD, first: 1, last: 20, messages: 20, bytes: 1, ...stream }]],
    ),
    marks:
      mark === undefined
        ? []
        : [{ partition: 0, created: OLD, epoch: 0, from: 0, sequence: 15, timestampMs: 1_500, last: 18, ...mark }],
    storedAt: (_, sequence) => storedAt(sequence),
  })[0]

test('a stream that goes on where it was archived and seen has no fault', () => {
  expect(faultOf({})).toBe(undefined)
  expect(faultOf({}, { mark: {} })).toBe(undefined)
  expect(faultOf({ first: 11 }, { storedAt: () => undefined })).toBe(undefined)
  // The table holds more than was noted.
  expect(faultOf({ last: 10 }, { mark: { sequence: 5, last: 9 } })).toBe(undefined)
})

test('a stream that is missing, made again, cut or without its middle is told, with what is known of it', () => {
  const known = { partition: 0, archived: 10, seen: undefined }
  expect(faultOf(undefined)).toEqual({ ...known, kind: 'missing', last: undefined })
  expect(faultOf({ created: NEW, last: 3 })).toEqual({ ...known, kind: 'remade', last: 3 })
  expect(faultOf({ last: 9 })).toEqual({ ...known, kind: 'cut', last: 9 })
  expect(faultOf({ last: 30 }, { storedAt: () => 1_001 })).toEqual({ ...known, kind: 'cut', last: 30 })
  expect(faultOf({ first: 15 }, { storedAt: () => undefined })).toEqual({ ...known, kind: 'gap', last: 20 })
})

test('a stream that was cut behind what is archived is told by what was noted', () => {
  const known = { partition: 0, archived: 10, kind: 'cut', seen: 18 }
  expect(faultOf({ last: 17 }, { mark: {} })).toEqual({ ...known, last: 17 })
  expect(faultOf({ last: 40 }, { mark: {}, storedAt: (sequence) => (sequence === 10 ? 1_000 : 9_999) })).toEqual({
    ...known,
    last: 40,
  })
})
