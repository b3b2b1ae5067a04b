import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Chunk, chunkOf } from '../chunk.ts'
import { changeFiles, eachFile, type Files, findFiles, NO_FILES } from './files.ts'

const chunk = (path: string, size: number, date = '2026-11-21', cell = '69y7p'): Chunk =>
  chunkOf({
    path,
    partitionValues: { date, cell },
    size,
    stats: JSON.stringify({ numRecords: size * 2 }),
  })

const place = fc.record({
  date: fc.constantFrom('2026-11-20', '2026-11-21', '2026-11-22'),
  cell: fc.constantFrom('69y7p', '69y7r'),
  id: fc.constantFrom('a', 'b', 'c'),
  isOurs: fc.boolean(),
})

const change = fc.tuple(place, fc.option(fc.integer({ min: 1, max: 9 }))).map(([{ date, cell, id, isOurs }, size]) => {
  // Other writers' names don't say where the file lies.
  const path = isOurs
    ? `date=${date}/cell=${cell}/20261121T100000Z-${id}.parquet`
    : `part-${date}-${cell}-${id}.parquet`
  return [path, size === null ? undefined : chunk(path, size, date, cell)] as const
})

const sorted = (chunks: Iterable<Chunk>): Chunk[] => [...chunks].toSorted((a, b) => (a.path < b.path ? -1 : 1))

test('files after any changes are those that a map by path would hold, and earlier states stay as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 8 }), (steps) => {
      const oracle = new Map<string, Chunk>()
      let files: Files = NO_FILES
      const before: { files: Files; held: Chunk[] }[] = []
      for (const step of steps) {
        before.push({ files, held: sorted(eachFile(files)) })
        for (const [path, added] of step) {
          if (added === undefined) oracle.delete(path)
          else oracle.set(path, added)
        }
        files = changeFiles(files, new Map(step))
        expect(sorted(eachFile(files))).toEqual(sorted(oracle.values()))
      }
      const bytes = oracle.values().reduce((sum, { bytes: size }) => sum + size, 0)
      expect(files.totals).toEqual({ files: oracle.size, bytes, rows: bytes * 2 })
      for (const { date, totals, cells } of files.dates.values()) {
        const held = [...cells.values()].flat()
        expect(held.every((file) => file.date === date)).toBe(true)
        expect([...cells].every(([cell, list]) => list.length > 0 && list.every((file) => file.cell === cell))).toBe(
          true,
        )
        expect(totals.bytes).toBe(held.reduce((sum, file) => sum + file.bytes, 0))
      }
      expect(findFiles(files, oracle.keys())).toEqual(oracle)
      for (const { files: earlier, held } of before) expect(sorted(eachFile(earlier))).toEqual(held)
    }),
  )
})

test('a change shares the dates that it does not touch', () => {
  const named = (date: string): Chunk => chunk(`date=${date}/cell=69y7p/20261121T100000Z-a.parquet`, 1, date)
  const one = changeFiles(NO_FILES, new Map([[named('2026-11-20').path, named('2026-11-20')]]))
  const two = changeFiles(one, new Map([[named('2026-11-21').path, named('2026-11-21')]]))
  expect(two.dates.get('2026-11-20')).toBe(one.dates.get('2026-11-20'))
})

test('of many files of a cell each is found by its path, ours and others', () => {
  const chunks = Array.from({ length: 50 }, (_, i) =>
    chunk(i % 2 === 0 ? `date=2026-11-21/cell=69y7p/20261121T100000Z-${i}.parquet` : `part-${i}.parquet`, i),
  )
  const files = changeFiles(NO_FILES, new Map(chunks.map((file) => [file.path, file])))
  const none = ['date=2026-11-21/cell=69y7p/20261121T100000Z-1.parquet', 'part-2.parquet']
  for (const file of chunks) expect(findFiles(files, [...none, file.path])).toEqual(new Map([[file.path, file]]))
  const gone = changeFiles(files, new Map(chunks.slice(1).map(({ path }) => [path, undefined])))
  expect([...eachFile(gone)]).toEqual([chunks[0]])
})
