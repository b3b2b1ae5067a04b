import { expect, test } from 'vitest'
import { judge } from './stream-verdict.ts'

const stream = { created: 'c1', first: 5, last: 9, messages: 5, bytes: 500 }

test('a stream that holds the next message, or ends at the offset, continues it', () => {
  for (const sequence of [4, 5, 9]) {
    expect(judge({ sequence, created: 'c1', timestampMs: 1 }, stream, sequence >= 5 ? 1 : undefined)).toEqual({
      kind: 'contiguous',
    })
  }
  expect(judge({ sequence: 0 }, { ...stream, first: 1, last: 0, messages: 0 })).toEqual({ kind: 'contiguous' })
})

test('what was purged beyond the offset is a gap up to the first message, or up to the end of an emptied stream', () => {
  expect(judge({ sequence: 3, created: 'c1' }, stream)).toEqual({ kind: 'gap', from: 4, to: 4 })
  expect(judge({ sequence: 0 }, { ...stream, first: 10, messages: 0 })).toEqual({ kind: 'gap', from: 1, to: 9 })
})

test('another creation is another stream, however it is filled', () => {
  for (const sequence of [0, 7, 20]) {
    expect(judge({ sequence, created: 'c0' }, stream)).toEqual({ kind: 'recreated', stream })
  }
})

test('a stream that ends before the offset, or holds another message there, was rolled back', () => {
  expect(judge({ sequence: 10, created: 'c1' }, stream)).toEqual({ kind: 'rolled-back', stream })
  expect(judge({ sequence: 9, created: 'c1', timestampMs: 1 }, stream, 2)).toEqual({ kind: 'rolled-back', stream })
})
