import { compactTable, createFileStore, openTable } from '@fleetlake/archive'
import { openCodec } from '@fleetlake/columnar/formats'
import { askClickHouse } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryFixture } from '../../shared/hub/src/testing/memory-hub.ts'
import { START_MS, writeTestArchive } from './testing/archive.ts'
import { ALL, askAll, expectedOf, iso, startTestFinder } from './testing/finder.ts'

/** ClickHouse, whose Delta tables are delta-kernel's: another program that reads our table and writes into it. */

const openWorld = async () => {
  const archive = await writeTestArchive({ vehicles: 30, steps: 240 })
  const { connect } = startMemoryFixture()
  const client = await connect({ service: 'terminal' })
  onTestFinished(() => client.close())
  const finder = await startTestFinder({ connect: (service) => connect({ service }), path: archive.path })
  onTestFinished(() => finder.stop())
  await client.flush()
  const store = createFileStore(`${archive.path}/moves`)
  const table = await openTable(store, { checkpointEvery: 1 })
  const codec = await openCodec('parquet')
  const compact = async () => {
    const report = await compactTable(
      { targetBytes: 1 << 27, quietMs: 0, memory: 1 << 26 },
      { table, store, codec, signal: new AbortController().signal },
    )
    // Its checkpoint is written by then.
    await table.close()
    return report
  }
  const search = async () => {
    const { keys, outcome } = await askAll(client, { ...ALL, to: iso(START_MS + 400 * 86_400_000) })
    expect(outcome).toMatchObject({ status: 'complete', reason: undefined })
    return keys.toSorted()
  }
  return { archive, compact, search }
}

const tableIn = (folder: string): string => `deltaLakeLocal('${folder}/moves')`

const KEYS = `concat(vehicle_id, ' ', vehicle_type, ' ', toString(toUnixTimestamp64Milli(event_time)), ' ',
  toString(toInt64(round(toFloat64(longitude) * 1000000))), ' ', toString(toInt64(round(toFloat64(latitude) * 1000000))))`

const keysBy = async (folder: string): Promise<string[]> => {
  const [rows] = await askClickHouse(folder, [`SELECT ${KEYS} AS key FROM ${tableIn(folder)}`])
  return rows.map(({ key }) => key as string).toSorted()
}

test('ClickHouse reads the rows that we read: of commits, and of the checkpoint that a compaction leaves', async () => {
  const { archive, compact, search } = await openWorld()
  const expected = expectedOf(ALL, archive.rows).toSorted()
  expect(await keysBy(archive.path)).toEqual(expected)
  expect(await keysBy(archive.path)).toEqual(expected)
  expect(await compact()).toMatchObject({ rows: expected.length, skipped: [] })
  expect(await keysBy(archive.path)).toEqual(expected)
  expect(await search()).toEqual(expected)
})

test('rows that ClickHouse writes are found at their instants and places, before a compaction and after it', async () => {
  const { archive, compact, search } = await openWorld()
  const before = expectedOf(ALL, archive.rows)
  const timeMs = START_MS + 3_600_000 * 2 + 456
  const time = new Date(timeMs).toISOString().replace('T', ' ').replace('Z', '')
  await askClickHouse(archive.path, [
    `INSERT INTO FUNCTION ${tableIn(archive.path)} SELECT 'click-' || toString(number) AS vehicle_id, 'bus' AS vehicle_type,
      toDateTime64('${time}', 6, 'UTC') + toIntervalSecond(number) AS event_time,
      toDecimal32('-56.1743', 6) AS longitude, toDecimal32('-34.9042', 6) AS latitude,
      toFloat32(4.5) AS speed, if(number = 0, NULL, toFloat32(10)) AS heading,
      toDate32('${time.slice(0, 10)}') AS date, '6cb13' AS cell
      FROM numbers(2) SETTINGS allow_experimental_delta_lake_writes = 1`,
  ])
  const expected = [
    ...before,
    `click-0 bus ${timeMs} -56174300 -34904200`,
    `click-1 bus ${timeMs + 1_000} -56174300 -34904200`,
  ].toSorted()
  expect(await search()).toEqual(expected)
  expect(await compact()).toMatchObject({ rows: expected.length, skipped: [] })
  expect(await search()).toEqual(expected)
  expect(await keysBy(archive.path)).toEqual(expected)
})
