import { readFile, writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { cellBounds, MICRO_PER_DEGREE, parseCell, createRandomStreams } from '@fleetlake/core'
import { parquetMetadata } from 'hyparquet'
import pl from 'nodejs-polars'
import { expect, test } from 'vitest'
import { parseCommit } from '../log/actions.ts'
import { NOW_MS, type Row, someRows } from '../testing/log-table.ts'
import { commitPath } from '../paths.ts'
import { openTable } from '../table.ts'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { COMPACTION_APP, compactionRules } from './compact-table.ts'
import { isCompacted } from './compacted.ts'
import { planCompaction } from './plan-compaction.ts'
import { rewriteChunks } from './rewrite-chunks.ts'
import { append, compact, DAY_MS, HOUR_MS, keyOf, keysOf, openTestTable } from '../testing/maintained-table.ts'

const SETTINGS = { targetBytes: 1 << 27, quietMs: 0, memory: 1 << 26 }
const CELLS = ['69y7p', '69y7m', '69y7r']

/** Rows of a few vehicles over some hours across midnight, some of them twice. */
const randomRows = (seed: number, count: number, hours = 6): Row[] => {
  const random = createRandomStreams(Uint32Array.of(seed))
  const below = (limit: number): number => Math.floor(random.next(0) * limit)
  const rows: Row[] = []
  while (rows.length < count) {
    if (rows.length > 0 && below(5) === 0) {
      rows.push({ ...rows[below(rows.length)], speed: below(30) })
      continue
    }
    const cell = CELLS[below(CELLS.length)]
    const { west, south } = cellBounds(parseCell(cell), cell.length)
    rows.push({
      vehicleId: `v-${below(9)}`,
      vehicleType: below(2) === 0 ? 'bus' : 'taxi',
      time: Date.UTC(2026, 10, 20, 0, 30) - below(hours * 3_600) * 1_000,
      x: Math.ceil(west * MICRO_PER_DEGREE) + below(40_000),
      y: Math.ceil(south * MICRO_PER_DEGREE) + below(40_000),
      speed: below(3) === 0 ? Number.NaN : below(30),
      heading: below(360),
    })
  }
  return rows
}

const distinct = (rows: readonly Row[]): string[] => [...new Set(rows.map(keyOf))].toSorted()

test.each([16_384, 65_536, 1 << 26])('rows stay, but for duplicates, with %d bytes of memory', async (memory) => {
  const world = await openTestTable()
  const rows = randomRows(memory, 1_200)
  for (let at = 0; at < rows.length; at += 300) await append(world, rows.slice(at, at + 300))
  const before = world.table.snapshot.totals
  const report = await compact(world, { memory })
  expect(await keysOf(world)).toEqual(distinct(rows))
  expect(report).toMatchObject({
    filesBefore: before.files,
    bytesBefore: before.bytes,
    filesAfter: world.table.snapshot.totals.files,
    bytesAfter: world.table.snapshot.totals.bytes,
    duplicates: rows.length - distinct(rows).length,
    skipped: [],
    isDone: true,
  })
  expect(world.table.snapshot.totals.rows).toBe(distinct(rows).length)
  expect([...world.table.snapshot.files()].every(({ path }) => isCompacted(path))).toBe(true)
  expect(await compact(world, { memory })).toMatchObject({ commits: 0, filesBefore: 0, isDone: true })
})

test('rows that come late are reduced too, whether what they duplicate is large and stays, or small and is merged', async () => {
  const world = await openTestTable()
  const rows = randomRows(1, 900)
  const large = { targetBytes: 1_000 }
  for (const [from, to] of [
    [0, 500],
    [300, 600],
    [550, 900],
  ]) {
    await append(world, rows.slice(from, to))
    await compact(world, large)
    expect(await keysOf(world)).toEqual(distinct(rows.slice(0, to)))
  }
  await append(world, rows.slice(100, 200))
  const before = new Set(Array.from(world.table.snapshot.files(), ({ path }) => path))
  const { filesAfter, duplicates } = await compact(world, large)
  expect({ filesAfter, duplicates }).toEqual({ filesAfter: 0, duplicates: 100 })
  expect(Array.from(world.table.snapshot.files(), ({ path }) => path).every((path) => before.has(path))).toBe(true)
  await compact(world)
  expect(await keysOf(world)).toEqual(distinct(rows))
})

test('a compaction changes no data as the log tells it, and moves the count of compactions', async () => {
  const world = await openTestTable()
  await append(world, randomRows(2, 50))
  await compact(world)
  const path = commitPath(world.table.snapshot.version)
  const actions = parseCommit((await world.store.get(path))!, path, world.table.snapshot.version)
  expect(actions[0].commitInfo).toMatchObject({ operation: 'OPTIMIZE' })
  expect(actions.flatMap(({ txn }) => txn ?? [])).toEqual([{ appId: 'fleetlake.compaction', version: 1 }])
  const changes = actions.flatMap(({ add, remove }) => add ?? remove ?? [])
  expect(changes.length).toBeGreaterThan(3)
  expect(changes.every(({ dataChange }) => !dataChange)).toBe(true)
})

test('compactors at once, while rows and their duplicates come in: each row is there once, and none is lost', async () => {
  const settings = { quietMs: 0, targetBytes: 2_000, memory: 32_768 }
  let lost = 0
  for (let seed = 0; seed < 4; seed++) {
    const writer = await openTestTable()
    const rows = randomRows(100 + seed, 400, 1)
    await append(writer, rows.slice(0, 200))
    const others = await Promise.all(
      [0, 1, 2].map(async () => ({ ...writer, table: await openTable(writer.store, { now: () => NOW_MS }) })),
    )
    const runs = others.map(async (other) => {
      for (let run = 0; run < 3; run++) lost += (await compact(other, settings)).lost
    })
    for (let at = 200; at < 400; at += 40) await append(writer, rows.slice(at - 60, at + 40))
    await Promise.all(runs)
    await writer.table.refresh()
    await compact(writer, settings)
    expect(await keysOf(writer)).toEqual(distinct(rows))
  }
  expect(lost).toBeGreaterThan(0)
})

test('of two that compact files of their own which hold the same row, one loses and plans again', async () => {
  const world = await openTestTable()
  const [row] = randomRows(3, 1)
  await append(world, [row])
  const late = await openTable(world.store, { now: () => NOW_MS })
  /** Another compacts, alone, what came after the late one's plan: a row before, so that it comes first, and a duplicate. */
  const goBefore = async (): Promise<void> => {
    await append(world, [{ ...row, time: row.time - 1_000 }, row])
    const rules = { ...compactionRules(SETTINGS), rewriteBytes: 1 }
    const [rewrite] = planCompaction(world.table.snapshot, rules, { nowMs: NOW_MS })
    const { add } = await rewriteChunks(
      rewrite,
      { ...SETTINGS, measures: [], windowMs: 600_000 },
      { ...world, codec: parquetCodec },
    )
    expect(
      await world.table.commit({
        parts: [{ add, offset: { appId: COMPACTION_APP, from: 0, to: 1 } }],
        remove: rewrite.take.map(({ path }) => path),
        dataChange: false,
        operation: 'OPTIMIZE',
      }),
    ).toMatchObject({ status: 'committed' })
  }
  let isFirst = true
  const commit: typeof late.commit = async (request) => {
    if (isFirst) await goBefore()
    isFirst = false
    return late.commit(request)
  }
  const table = { ...late, refresh: late.refresh, commit, snapshot: late.snapshot }
  expect(await compact({ ...world, table })).toMatchObject({ lost: 1, commits: 1, duplicates: 1 })
  await world.table.refresh()
  expect(await keysOf(world)).toEqual([keyOf({ ...row, time: row.time - 1_000 }), keyOf(row)])
})

test.each(['csv', 'ndjson.zst', 'arrow'] as const)(
  'an archive of %s is compacted into files of that format',
  async (format) => {
    const world = await openTestTable()
    const rows = randomRows(4, 300)
    await append(world, rows.slice(0, 200))
    await compact(world, { format })
    await append(world, rows.slice(150))
    await compact(world, { format })
    expect(await keysOf(world)).toEqual(distinct(rows))
    expect([...world.table.snapshot.files()].every(({ path }) => path.endsWith(`.compact.${format}`))).toBe(true)
  },
)

test('what a rewrite would lose, and what is missing or broken, is left alone and told; the rest is compacted', async () => {
  const world = await openTestTable()
  const rows = CELLS.flatMap((cell, i) => someRows(50, cell, NOW_MS - (i + 1) * DAY_MS))
  const [foreign, missing] = await append(world, rows)
  const file = world.store.url(foreign.path)
  const frame = pl.readParquet(file).withColumn(pl.lit(1).alias('fuel'))
  await writeFile(file, frame.writeParquet())
  await world.table.commit({
    parts: [{ add: [{ ...foreign, size: (await readFile(file)).length }] }],
    operation: 'WRITE',
  })
  await world.store.delete(missing.path)
  const { skipped, filesBefore } = await compact(world)
  expect(filesBefore).toBe(1)
  expect(skipped.map(({ reason }) => reason).toSorted()).toEqual([
    `${missing.path} can't be read: it is missing`,
    `${foreign.path} can't be read: it has a column "fuel" that is none of the table's measures, which would be lost`,
  ])
})

test('a stop commits what is done, and begins nothing more', async () => {
  const world = await openTestTable()
  await append(world, randomRows(5, 300))
  const { files } = world.table.snapshot.totals
  const stop = new AbortController()
  const store = {
    ...world.store,
    putIfAbsent: (path: string, bytes: Uint8Array) => {
      stop.abort()
      return world.store.putIfAbsent(path, bytes)
    },
  }
  const { commits, filesBefore, isDone } = await compact({ ...world, store }, { signal: stop.signal })
  expect({ commits, isDone }).toEqual({ commits: 1, isDone: false })
  expect(filesBefore).toBeLessThan(files)
  expect([...new Set(await keysOf(world))]).toEqual(distinct(randomRows(5, 300)))
})

test('a large file has row groups that are small in time and place, by statistics that hold, and others read it', async () => {
  const world = await openTestTable()
  const { west, south } = cellBounds(parseCell('69y7p'), 5)
  const rows = Array.from({ length: 150_000 }, (_, i): Row => {
    const [vehicle, step] = [i % 150, Math.floor(i / 150)]
    return {
      vehicleId: `v-${vehicle}`,
      vehicleType: 'bus',
      time: NOW_MS - 2 * DAY_MS + step * 20_000,
      x: Math.ceil(west * MICRO_PER_DEGREE) + vehicle * 290 + (step % 13),
      y: Math.ceil(south * MICRO_PER_DEGREE) + ((vehicle * 7_919) % 40_000),
      speed: step % 20,
      heading: vehicle,
    }
  })
  await append(world, rows)
  await compact(world)
  const files = [...world.table.snapshot.files()]
  expect(files).toHaveLength(1)
  const file = world.store.url(files[0].path)
  const groups = parquetMetadata((await readFile(file)).buffer as ArrayBuffer).row_groups
  expect(groups.length).toBeGreaterThan(3)
  let [start, hours] = [0, 0]
  const frame = pl.readParquet(file)
  for (const { num_rows: count, columns } of groups) {
    const length = Number(count)
    const part = frame.slice(start, length)
    start += length
    for (const { meta_data: meta } of columns) {
      const name = meta!.path_in_schema[0]
      const { min_value: min, max_value: max } = meta!.statistics!
      const series = part.getColumn(name)
      if (name.startsWith('vehicle')) {
        const texts = [...new Set(series.toArray() as string[])].toSorted()
        expect([min, max]).toEqual([texts[0], texts.at(-1)])
        continue
      }
      const values = series.cast(pl.Float64) as unknown as Record<'min' | 'max', () => number>
      const perMs = name === 'event_time' ? 1_000 : 1
      expect([Number(min) + 0, Number(max) + 0]).toEqual([values.min() / perMs, values.max() / perMs])
      if (name === 'event_time') hours += (Number(max) - Number(min)) / HOUR_MS
    }
  }
  expect(start).toBe(150_000)
  // All together they span a little more than the file's five and a half hours: they part the time.
  expect(hours).toBeLessThan(12)
  const connection = await (await DuckDBInstance.create()).connect()
  const found = await connection.runAndReadAll(
    `SELECT count(*)::INT, count(DISTINCT (vehicle_id, event_time))::INT, sum(speed)::DOUBLE FROM '${file}'`,
  )
  expect(found.getRows()).toEqual([[150_000, 150_000, rows.reduce((sum, { speed }) => sum + speed, 0)]])
})
