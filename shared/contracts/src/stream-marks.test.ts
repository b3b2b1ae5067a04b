import { expect, test } from 'vitest'
import { formatStreamMarks, parseStreamMarks } from './stream-marks.ts'

test('what is written of marks is read again; anything else says nothing', () => {
  const known = {
    partition: 3,
    created: '2026-11-01T00:00:00Z',
    epoch: 1,
    from: 2,
    sequence: 7,
    timestampMs: 5,
    last: 9,
  }
  const { timestampMs: _, ...unknown } = known
  expect(parseStreamMarks(formatStreamMarks([known, unknown]))).toEqual([known, unknown])
  for (const text of ['', '{}', 'null', '{"marks":[{}]}', JSON.stringify({ marks: [{ ...known, last: -1 }] })]) {
    expect(parseStreamMarks(text)).toBe(undefined)
  }
})
