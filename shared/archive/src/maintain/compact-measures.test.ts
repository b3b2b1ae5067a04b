import { writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { type MeasureSpec, measureValue, REVISION, textAt } from '@fleetlake/columnar'
import { cellBounds, createRandomStreams, MICRO_PER_DEGREE, parseCell } from '@fleetlake/core'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { MEASURES, NOW_MS, type Row, someRows } from '../testing/log-table.ts'
import { append, compact as compactAt, DAY_MS, openTestTable, type TestTable } from '../testing/maintained-table.ts'
import { readRows } from './read-rows.ts'

const ALL = { from: -Infinity, to: Infinity }

/** All dates have ended long ago. */
const compact: typeof compactAt = (world, settings) =>
  compactAt(world, { now: () => NOW_MS + 30 * DAY_MS, ...settings })

/** A table that has all measures. */
const openMeasured = async (measures: readonly MeasureSpec[] = MEASURES): Promise<TestTable> => {
  const world = await openTestTable()
  if (measures.length > 0) await world.table.commit({ parts: [], columns: measures, operation: 'ADD COLUMNS' })
  return world
}

const textOf = ({ vehicleId, time, x, y, measures = {} }: Row): string =>
  JSON.stringify([vehicleId, time, x, y, MEASURES.map(({ name }) => [typeof measures[name], String(measures[name])])])

/** What a table's files hold, with all measures, sorted. */
const textsOf = async ({ store, table }: TestTable): Promise<string[]> => {
  const texts: string[] = []
  for (const chunk of table.snapshot.files()) {
    for await (const rows of readRows(store, chunk, { period: ALL, measures: table.snapshot.measures })) {
      for (let i = 0; i < rows.length; i++) {
        const measures = Object.fromEntries(
          rows.measures.flatMap((column) => {
            const value = measureValue(column, i)
            return value === null ? [] : [[column.spec.name, value]]
          }),
        )
        texts.push(
          textOf({
            vehicleId: textAt(rows.vehicleIds, rows.vehicle[i]),
            vehicleType: '',
            time: rows.eventTime[i],
            x: rows.longitude[i],
            y: rows.latitude[i],
            speed: 0,
            heading: 0,
            measures,
          }),
        )
      }
    }
  }
  return texts.toSorted()
}

/** One row of each report, that of the smallest revision. */
const distinct = (rows: readonly Row[]): string[] => {
  const withRevision = (row: Row, revision: Record<string, number>): Row => {
    const { [REVISION]: _, ...measures } = row.measures ?? {}
    return { ...row, measures: { ...measures, ...revision } }
  }
  const groups = Map.groupBy(rows, (row) => textOf(withRevision(row, {})))
  return Array.from(groups.values(), ([first, ...others]) => {
    const revisions = [first, ...others].map(({ measures = {} }) => Number(measures[REVISION] ?? -Infinity))
    const least = Math.min(...revisions)
    return textOf(withRevision(first, least === -Infinity ? {} : { [REVISION]: least }))
  }).toSorted()
}

/** Rows of a few vehicles, some of them again, with other measures or revisions. */
const randomRows = (seed: number, count: number): Row[] => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (limit: number): number => Math.floor(random.next(0) * limit)
  const values: Readonly<Record<string, () => string | number | boolean>> = {
    temperature: () => [-0.5, 21.125, Infinity, 1e300][below(4)],
    load: () => Math.fround(below(100) / 3),
    pulses: () => [0, -5, Number.MAX_SAFE_INTEGER, 7_000_000_000][below(4)],
    doors: () => below(5) - 2,
    state: () => ['', 'loading', 'Ladevorgang läuft 🚚', ' '][below(4)],
    ignition: () => below(2) === 1,
    [REVISION]: () => 1_700_000_000_000_000 + below(3),
    attributes: () => JSON.stringify({ note: 'x'.repeat(below(300)), n: below(50) }),
  }
  const measuresOf = (): NonNullable<Row['measures']> =>
    Object.fromEntries(MEASURES.flatMap(({ name }) => (below(3) === 0 ? [[name, values[name]()]] : [])))
  const { west, south } = cellBounds(parseCell('69y7p'), 5)
  const rows: Row[] = []
  while (rows.length < count) {
    const kind = below(8)
    if (rows.length > 0 && kind < 3) {
      const row = rows[below(rows.length)]
      const revised = { ...row.measures, [REVISION]: 1_700_000_000_000_000 + below(3) }
      rows.push({ ...row, ...(kind === 1 ? { measures: measuresOf() } : kind === 2 ? { measures: revised } : {}) })
      continue
    }
    rows.push({
      vehicleId: `v-${below(9)}`,
      vehicleType: 'bus',
      time: NOW_MS - below(3 * 3_600) * 1_000,
      x: Math.ceil(west * MICRO_PER_DEGREE) + below(40_000),
      y: Math.ceil(south * MICRO_PER_DEGREE) + below(40_000),
      speed: 1,
      heading: 2,
      // A third of the files have no measures at all, more or less.
      ...(below(3) === 0 ? {} : { measures: measuresOf() }),
    })
  }
  return rows
}

test.each([8_192, 40_000, 400_000, 1 << 26])(
  'every value of every measure stays through compactions, with %d bytes of memory; reports that differ are two',
  async (memory) => {
    const world = await openMeasured()
    const rows = randomRows(memory, 900)
    for (let at = 0; at < rows.length; at += 300) await append(world, rows.slice(at, at + 300))
    const expected = distinct(rows)
    expect(await compact(world, { memory })).toMatchObject({
      skipped: [],
      isDone: true,
      duplicates: rows.length - expected.length,
    })
    expect(await textsOf(world)).toEqual(expected)
    expect(await compact(world, { memory })).toMatchObject({ commits: 0, isDone: true })
  },
)

test.each(['csv', 'ndjson', 'arrow'] as const)('so it is in an archive of %s', async (format) => {
  const finite = ({ measures: { temperature, ...measures } = {}, ...row }: Row): Row => ({
    ...row,
    measures: temperature === Infinity || temperature === undefined ? measures : { ...measures, temperature },
  })
  const world = await openMeasured()
  const rows = randomRows(5, 300).map(finite)
  await append(world, rows.slice(0, 200))
  await compact(world, { format })
  await append(world, rows.slice(150))
  expect(await compact(world, { format })).toMatchObject({ skipped: [], isDone: true })
  expect(await textsOf(world)).toEqual(distinct(rows))
})

test('where a row that comes late has the smaller revision, the large file that has the other one is rewritten', async () => {
  const world = await openMeasured()
  const settings = { targetBytes: 100 }
  const revised = (revision: number): Row[] => someRows(20).map((row) => ({ ...row, measures: { revision } }))
  await append(world, revised(7))
  await compact(world, settings)
  await append(world, revised(9))
  expect(await compact(world, settings)).toMatchObject({ filesBefore: 1, filesAfter: 0, duplicates: 20 })
  expect(await textsOf(world)).toEqual(distinct(revised(7)))
  await append(world, revised(5))
  const before = [...world.table.snapshot.files()].length
  expect(await compact(world, settings)).toMatchObject({ filesBefore: before, duplicates: 20, skipped: [] })
  expect(await textsOf(world)).toEqual(distinct(revised(5)))
})

test('a file that comes names the measures that rows have, with bounds that hold, and others read them', async () => {
  const world = await openMeasured()
  const measured = someRows(40).map((row, i): Row =>
    i % 2 === 0 ? row : { ...row, measures: { temperature: i, state: `s-${i}`, ignition: i > 20, doors: -i } },
  )
  await append(world, measured.slice(0, 20))
  await append(world, measured.slice(20))
  await compact(world)
  const [file, ...others] = world.table.snapshot.files()
  expect(others).toEqual([])
  const path = world.store.url(file.path)
  const frame = pl.readParquet(path)
  expect(frame.columns.slice(7)).toEqual(['temperature', 'doors', 'state', 'ignition'])
  const connection = await (await DuckDBInstance.create()).connect()
  const found = await connection.runAndReadAll(
    `SELECT count(temperature)::INT, sum(temperature), min(doors), max(state), count_if(ignition)::INT FROM '${path}'`,
  )
  expect(found.getRows()).toEqual([[20, 400, -39, 's-9', 10]])
})

test('a file with a column that the table has not, or of another type, is left alone until the table has it', async () => {
  const world = await openMeasured([])
  const [foreign] = await append(world, someRows(30))
  const file = world.store.url(foreign.path)
  const bytes = pl.readParquet(file).withColumn(pl.lit(7).cast(pl.Int32).alias('seats')).writeParquet()
  await writeFile(file, bytes)
  await world.table.commit({ parts: [{ add: [{ ...foreign, size: bytes.length }] }], operation: 'WRITE' })
  expect((await compact(world)).skipped).toMatchObject([{ reason: expect.stringContaining('"seats" that is none of') }])
  await world.table.commit({
    parts: [],
    columns: [{ name: 'seats', type: 'boolean' }],
    operation: 'ADD COLUMNS',
  })
  expect((await compact(world)).skipped).toMatchObject([
    { reason: expect.stringContaining('its column seats is of type int, not boolean') },
  ])
})

test('a whole number that a double does not hold is not rewritten', async () => {
  const world = await openMeasured()
  const [foreign] = await append(world, someRows(30))
  const file = world.store.url(foreign.path)
  const bytes = pl
    .readParquet(file)
    .withColumn(
      pl
        .lit(2 ** 60)
        .cast(pl.Int64)
        .alias('pulses'),
    )
    .writeParquet()
  await writeFile(file, bytes)
  await world.table.commit({ parts: [{ add: [{ ...foreign, size: bytes.length }] }], operation: 'WRITE' })
  expect((await compact(world)).skipped).toMatchObject([{ reason: expect.stringContaining('beyond 2^53') }])
})
