import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputOf } from '../../testing/read-all.ts'
import { type LineBlock, readLineBlocks } from './line-blocks.ts'

const MAX_BYTES = 12

const read = async (text: string, from: number, blockBytes: number, chunkBytes: number): Promise<LineBlock[]> => {
  const { signal } = new AbortController()
  const input = inputOf(new TextEncoder().encode(text), { chunkBytes })
  return Array.fromAsync(readLineBlocks(input, { from, blockBytes, maxBytes: MAX_BYTES, signal }))
}

const line = fc.oneof(fc.constant(''), fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\r'), maxLength: 30 }))

test('every line is in one block or is told as too long, and where blocks are cut depends on where they began', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      async (lines, blockBytes, chunkBytes) => {
        const text = lines.join('\n')
        const blocks = await read(text, 0, blockBytes, 1_000)
        const parts = blocks.map(({ bytes, longLine }) => longLine ?? new TextDecoder().decode(bytes))
        const isLong = (each: string): boolean => each.length > MAX_BYTES
        expect(parts.join('').replaceAll('\n', '')).toBe(lines.join(''))
        expect(blocks.filter(({ longLine }) => longLine !== undefined).map(({ longLine }) => longLine)).toEqual(
          lines.filter(isLong),
        )
        expect(blocks.map(({ from }) => from)).toEqual([0, ...blocks.map(({ next }) => next)].slice(0, blocks.length))
        expect(await read(text, 0, blockBytes, chunkBytes)).toEqual(blocks)
        for (const [i, { next }] of blocks.entries())
          expect(await read(text, next, blockBytes, chunkBytes)).toEqual(blocks.slice(i + 1))
      },
    ),
  )
})

test('UTF-16 is refused', async () => {
  const { signal } = new AbortController()
  const input = inputOf(Uint8Array.of(0xff, 0xfe, 0x7b, 0), { chunkBytes: 1 })
  await expect(Array.fromAsync(readLineBlocks(input, { from: 0, blockBytes: 10, signal }))).rejects.toEqual(
    fault('import.invalid', 'the input is UTF-16'),
  )
})
