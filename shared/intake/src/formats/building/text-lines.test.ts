import { expect, test } from 'vitest'
import { inputOf } from '../../testing/read-all.ts'
import { MAX_LINE_BYTES, readTextLines, type TextLine } from './text-lines.ts'

const linesOf = async (bytes: Uint8Array, chunkBytes: number, from = { at: 0, place: 1 }): Promise<TextLine[]> => {
  const lines: TextLine[] = []
  const { signal } = new AbortController()
  for await (const some of readTextLines(inputOf(bytes, { chunkBytes }), from, signal)) lines.push(...some)
  return lines
}

test('lines are the same in chunks of any size, and from any line on', async () => {
  const bytes = Buffer.from('é1\r\n\n two\nthree\r\nend')
  const lines = [
    { text: 'é1', at: 0, next: 5, place: 1, isTooLong: false },
    { text: '', at: 5, next: 6, place: 2, isTooLong: false },
    { text: ' two', at: 6, next: 11, place: 3, isTooLong: false },
    { text: 'three', at: 11, next: 18, place: 4, isTooLong: false },
    { text: 'end', at: 18, next: 21, place: 5, isTooLong: false },
  ]
  for (const chunkBytes of [1, 2, 3, 5, 100]) {
    expect(await linesOf(bytes, chunkBytes)).toEqual(lines)
    expect(await linesOf(bytes, chunkBytes, { at: 11, place: 4 })).toEqual(lines.slice(3))
  }
})

test('of a line that is too long its beginning is kept', async () => {
  const bytes = Buffer.from(`a\n${'x'.repeat(2 * MAX_LINE_BYTES)}\nb\n`)
  for (const chunkBytes of [100_000, 10_000_000]) {
    const lines = await linesOf(bytes, chunkBytes)
    expect(lines.map(({ text, ...line }) => [text.length, line])).toEqual([
      [1, { at: 0, next: 2, place: 1, isTooLong: false }],
      [MAX_LINE_BYTES, { at: 2, next: 2 * MAX_LINE_BYTES + 3, place: 2, isTooLong: true }],
      [1, { at: 2 * MAX_LINE_BYTES + 3, next: 2 * MAX_LINE_BYTES + 5, place: 3, isTooLong: false }],
    ])
  }
})
