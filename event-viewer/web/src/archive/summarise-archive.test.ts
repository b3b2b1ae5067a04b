import { openTable, type Snapshot } from '@fleetlake/archive'
import { dateOf } from '@fleetlake/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW_MS, type Row, SETTINGS, someRows, writeChunks } from '../../../../shared/archive/src/testing/log-table.ts'
import { createMemoryStore } from '../../../../shared/archive/src/store/memory-store.ts'
import type { ArchiveSummary } from '../../api/archive-summary.ts'
import type { ArchiveQuery } from './archive-query.ts'
import { createSummariser } from './summarise-archive.ts'

const CELLS = ['69y7p', '69y7n', '69y7r']
const MINUTE = 60_000
const DAY = 1_440 * MINUTE

interface File {
  readonly path: string
  readonly size: number
  readonly cell: string
  readonly rows: readonly Row[]
}

/** The summary but for the histogram, from the rows of the files, by their definitions. */
const bruteForce = (files: readonly File[], version: number, { from, to }: ArchiveQuery): object => {
  const times = files.flatMap(({ rows }) => rows.map(({ time }) => time))
  const first = (file: File): number => Math.min(...file.rows.map(({ time }) => time))
  const last = (file: File): number => Math.max(...file.rows.map(({ time }) => time))
  const inPeriod = files.filter((file) => first(file) < (to ?? Infinity) && last(file) >= (from ?? -Infinity))
  const totals = (some: readonly File[]): object => ({
    rows: some.reduce((sum, { rows }) => sum + rows.length, 0),
    bytes: some.reduce((sum, { size }) => sum + size, 0),
    files: some.length,
  })
  const { windowMs } = SETTINGS
  const start = (file: File): number => Math.floor(first(file) / windowMs) * windowMs
  return {
    version,
    ...totals(files),
    smallFiles: files.filter(({ size }) => size < 1_048_576).length,
    smallBytes: 1_048_576,
    oldest: times.length === 0 ? null : Math.min(...times),
    newest: times.length === 0 ? null : Math.max(...times),
    measures: [],
    dates: [...Map.groupBy(inPeriod, (file) => dateOf(first(file)))]
      .toSorted(([a], [b]) => (a < b ? 1 : -1))
      .map(([date, some]) => ({ date, ...totals(some) })),
    cells: [...Map.groupBy(inPeriod, ({ cell }) => cell)]
      .map(([cell, some]) => ({ cell, ...totals(some) }) as ArchiveSummary['cells'][number])
      .toSorted((a, b) => b.rows - a.rows || (a.cell < b.cell ? -1 : 1)),
    windows: [...Map.groupBy(inPeriod, start)]
      .toSorted(([a], [b]) => b - a)
      .map(([window, some]) => ({
        from: window,
        to: (Math.floor(Math.max(...some.map(last)) / windowMs) + 1) * windowMs,
        ...totals(some),
        cells: new Set(some.map(({ cell }) => cell)).size,
      })),
  }
}

const someCommit = fc.array(
  fc.record({
    cell: fc.constantFrom(...CELLS),
    time: fc.integer({ min: NOW_MS - 3 * DAY, max: NOW_MS }),
    count: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 1, maxLength: 8 },
)
const someTime = fc.option(fc.integer({ min: NOW_MS - 4 * DAY, max: NOW_MS + DAY }), { nil: undefined })

test('a summary says what brute force over the rows of the files says, whatever was added and removed since the last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someCommit, { minLength: 1, maxLength: 4 }),
      someTime,
      someTime,
      async (commits, a, b) => {
        const store = createMemoryStore()
        const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
        const summarise = createSummariser()
        const period = a !== undefined && b !== undefined && a > b ? { from: b, to: a } : { from: a, to: b }
        let files: File[] = []
        const check = (snapshot: Snapshot, query: ArchiveQuery): void => {
          const { histogram, ...summary } = summarise(snapshot, query)
          expect(summary).toEqual(bruteForce(files, snapshot.version, query))
          if (query.from !== undefined || query.to !== undefined) return
          expect(histogram.rows.reduce((sum, rows) => sum + rows, 0)).toBe(summary.rows)
        }
        check(table.snapshot, { bins: 10 })
        for (const commit of commits) {
          const rows = commit.flatMap(({ cell, time, count }) => someRows(count, cell, time))
          const written = await writeChunks(store, rows)
          const gone = files.slice(0, 1)
          await table.commit({
            parts: [{ add: written.map(({ add }) => add) }],
            remove: gone.map(({ path }) => path),
            operation: 'WRITE',
          })
          files = files
            .slice(1)
            .concat(written.map(({ add, rows: held }) => ({ ...add, cell: add.partitionValues.cell!, rows: held })))
          check(table.snapshot, { bins: 10 })
          check(table.snapshot, { ...period, bins: 10 })
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('the columns that the table has beside are told', async () => {
  const table = await openTable(createMemoryStore(), { create: SETTINGS, now: () => NOW_MS })
  const columns = [
    { name: 'pressure', type: 'double' as const, unit: 'bar', description: 'of the tyres' },
    { name: 'doors', type: 'int' as const },
  ]
  await table.commit({ parts: [], columns, operation: 'ADD COLUMNS' })
  expect(createSummariser()(table.snapshot, { bins: 2 }).measures).toEqual([
    { name: 'pressure', unit: 'bar', description: 'of the tyres' },
    { name: 'doors' },
  ])
})

test('the newest 200 windows are told', async () => {
  const store = createMemoryStore()
  const table = await openTable(store, { create: SETTINGS, now: () => NOW_MS })
  const rows = Array.from({ length: 250 }, (_, i) => someRows(1, CELLS[0], NOW_MS - i * SETTINGS.windowMs)[0])
  await table.commit({ parts: [{ add: (await writeChunks(store, rows)).map(({ add }) => add) }], operation: 'WRITE' })
  const { windows } = createSummariser()(table.snapshot, { bins: 2 })
  expect(windows.map(({ from }) => from)).toEqual(Array.from({ length: 200 }, (_, i) => NOW_MS - i * SETTINGS.windowMs))
})
