import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Format } from '../formats/format.ts'
import { inputOf, readAll, type Row, rowsOfBlock } from './read-all.ts'

const withFields = (row: Row, names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))

/** Tests of a format that reads only the fields that are needed. @param make a file whose rows come in several blocks */
export const readsNeededFields = (format: Format, make: () => Promise<Uint8Array>): void =>
  test('whatever fields are needed from block to block, these are read and no others, from any row on', async () => {
    const bytes = await make()
    const all = (await readAll(format, inputOf(bytes))).rows
    const names = [...new Set(all.flatMap((row) => Object.keys(row)))]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.subarray(names), { nil: undefined }), { minLength: 1 }),
        fc.constantFrom(1, 40, 333),
        fc.nat(all.length - 1),
        async (needed, blockBytes, at) => {
          const found: Row[] = []
          const expected: Row[] = []
          let blocks = 0
          const options = {
            from: { at, place: at + 1 },
            blockBytes,
            signal: new AbortController().signal,
            neededOf: () => {
              const some = needed[blocks++ % needed.length]
              return some === undefined ? undefined : new Set(some)
            },
          }
          for await (const block of format.read(inputOf(bytes), options)) {
            const some = needed[(blocks - 1) % needed.length] ?? names
            found.push(...rowsOfBlock(block))
            expected.push(...all.slice(block.from.at, block.next.at).map((row) => withFields(row, some)))
          }
          expect(found).toEqual(expected)
          expect(found.length).toBe(all.length - at)
        },
      ),
      { numRuns: 50 },
    )
  })
