import { expect, test } from 'vitest'
import { beginAt, isOvertaken } from './begin-at.ts'

const STREAM = { created: 'c', first: 40, last: 90, messages: 51, bytes: 1 }
const offsets = (entries: readonly (readonly [string, number, number?])[]) => ({
  txns: new Map(entries.map(([appId, sequence]) => [appId, sequence])),
  txnTimes: new Map(entries.flatMap(([appId, , time]) => (time === undefined ? [] : [[appId, time] as const]))),
})

test('a stream that the table does not know is read from the very beginning, so that what is missing is told', () => {
  expect(beginAt('S', STREAM, offsets([['S@other#0', 70, 7]]), undefined)).toEqual({
    appId: 'S@c#0',
    created: 'c',
    epoch: 0,
    committed: { created: 'c', sequence: 0 },
    from: { created: 'c', sequence: 0 },
  })
})

test('a stream is read on at the offset of its latest epoch, with the time of the message there', () => {
  const held = { created: 'c', sequence: 60, timestampMs: 7 }
  expect(
    beginAt(
      'S',
      STREAM,
      offsets([
        ['S@c#0', 70, 1],
        ['S@c#10', 60, 7],
        ['S@c#9', 80],
      ]),
      undefined,
    ),
  ).toEqual({
    appId: 'S@c#10',
    created: 'c',
    epoch: 10,
    committed: held,
    from: held,
  })
})

test('a spent epoch is followed by the next, from the first message there is, or by the one that another has begun', () => {
  const spent = beginAt('S', STREAM, offsets([['S@c#0', 95, 1]]), undefined)
  expect(beginAt('S', STREAM, offsets([['S@c#0', 95, 1]]), spent)).toEqual({
    appId: 'S@c#1',
    created: 'c',
    epoch: 1,
    committed: { created: 'c', sequence: 0 },
    from: { created: 'c', sequence: 39 },
  })
  const held = { created: 'c', sequence: 50, timestampMs: 3 }
  expect(
    beginAt(
      'S',
      STREAM,
      offsets([
        ['S@c#0', 95, 1],
        ['S@c#1', 50, 3],
      ]),
      spent,
    ),
  ).toMatchObject({
    epoch: 1,
    committed: held,
    from: held,
  })
  expect(beginAt('S', { ...STREAM, created: 'd' }, offsets([]), spent)).toMatchObject({ appId: 'S@d#0' })
})

test('a reader is overtaken once the table holds what it is to read next, or a later epoch', () => {
  const origin = beginAt('S', STREAM, offsets([['S@c#0', 50]]), undefined)
  const next = { sequence: 51, name: 'S' }
  expect(isOvertaken(origin, next, offsets([['S@c#0', 50]]))).toBe(false)
  expect(isOvertaken(origin, next, offsets([['S@c#0', 51]]))).toBe(true)
  expect(
    isOvertaken(
      origin,
      next,
      offsets([
        ['S@c#0', 50],
        ['S@c#1', 1],
      ]),
    ),
  ).toBe(true)
  expect(
    isOvertaken(
      origin,
      next,
      offsets([
        ['S@c#0', 50],
        ['S@d#1', 99],
      ]),
    ),
  ).toBe(false)
})
