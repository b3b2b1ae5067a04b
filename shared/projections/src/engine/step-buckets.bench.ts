import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileStore, openTable, type Table, writeChunk } from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { cellBounds, MICRO_PER_DEGREE, parseCell } from '@fleetlake/core'
import { ALL_BUCKETS } from '../buckets.ts'
import { createHeldKeys } from '../fold/held-keys.ts'
import { openProjectionTable } from '../table/projection-table.ts'
import { latestProjection, PRESENCE_PROJECTION } from './projection.ts'
import { stepBuckets } from './step-buckets.ts'

/**
 * `node step-buckets.bench.ts`: processor time a position of building presence and latest, and of following commits. A fleet whose vehicles stay in a cell for a while and report every 10 s; files are a cell's day
 * when they are built from, and a cell's minute when they are followed.
 */

const CELLS = ['69y7p', '69y7q', '69y7r', '69y7n', '69y7j', '69y7m', '69y7k', '69y7h'].map((name) => ({
  name,
  bounds: cellBounds(parseCell(name), name.length),
}))
const DAY = Date.UTC(2026, 10, 18)
const EVERY_MS = 10_000

/** One file: each vehicle of a cell, from a time on. */
const writeFile = (
  store: ReturnType<typeof createFileStore>,
  cell: number,
  options: { vehicles: number; reports: number; from: number },
) => {
  const { vehicles, reports, from } = options
  const { name, bounds } = CELLS[cell]
  const length = vehicles * reports
  const ids = Array.from({ length: vehicles }, (_, i) => `v-${String(cell * vehicles + i).padStart(6, '0')}`)
  const rows = rowsOfArrays({
    length,
    vehicleIds: textsOfStrings(ids),
    vehicle: Int32Array.from({ length }, (_, i) => Math.floor(i / reports)),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(length),
    eventTime: Float64Array.from(
      { length },
      (_, i) => from + (i % reports) * EVERY_MS + (Math.floor(i / reports) % 7) * 1_000,
    ),
    longitude: Int32Array.from(
      { length },
      (_, i) => Math.ceil(bounds.west * MICRO_PER_DEGREE) + ((i * 7_919) % 20_000),
    ),
    latitude: Int32Array.from(
      { length },
      (_, i) => Math.ceil(bounds.south * MICRO_PER_DEGREE) + ((i * 104_729) % 10_000),
    ),
    speed: Float32Array.from({ length }, (_, i) => i % 23),
    heading: Float32Array.from({ length }, (_, i) => i % 360),
  })
  return writeChunk(rows, { cell: name, windowStart: from }, { store, codec: parquetCodec })
}

const openWorld = async (folder: string) => {
  const store = createFileStore(`${folder}/moves`)
  const table: Table = await openTable(store, { create: { geohashLength: 5, windowMs: 600_000 } })
  const projections = await Promise.all(
    [PRESENCE_PROJECTION, latestProjection([])].map(async (projection) => ({
      projection,
      held: createHeldKeys(),
      table: (await openProjectionTable(createFileStore(`${folder}/${projection.kind.name}`), projection.kind, {
        create: true,
      }))!,
    })),
  )
  const step = async (): Promise<{ cpuMs: number; rows: number; heldBytes: number }> => {
    const snapshot = await table.refresh()
    const began = process.cpuUsage()
    let rows = 0
    for (let isLeft = true; isLeft;) {
      isLeft = false
      for (const each of projections) {
        const report = await stepBuckets(ALL_BUCKETS, {
          ...each,
          moves: store,
          snapshot,
          memory: 256 * 1024 * 1024,
          maxLagMs: 86_400_000,
          now: Date.now,
          signal: new AbortController().signal,
          tell: () => {},
          onRows: (some) => (rows += some),
        })
        isLeft ||= !report.isComplete
      }
    }
    const { user, system } = process.cpuUsage(began)
    return {
      cpuMs: (user + system) / 1_000,
      rows,
      heldBytes: projections.reduce((sum, { held }) => sum + held.bytes(), 0),
    }
  }
  return { store, table, step }
}

const building = async (folder: string): Promise<void> => {
  const { store, table, step } = await openWorld(folder)
  const options = { vehicles: 60, reports: 8_000, from: DAY }
  const add = await Promise.all(CELLS.map((_, cell) => writeFile(store, cell, options)))
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
  const { cpuMs, heldBytes } = await step()
  const positions = table.snapshot.totals.rows
  console.log(
    `building: ${positions} positions, ${((cpuMs * 1_000) / positions).toFixed(3)} µs of CPU a position for both, ${heldBytes} bytes held`,
  )
}

const following = async (folder: string): Promise<void> => {
  const { store, table, step } = await openWorld(folder)
  await step()
  let [sum, positions] = [0, 0]
  const minutes = 12
  for (let minute = 0; minute < minutes; minute++) {
    // As a collector commits: a file a cell, with few reports of each vehicle.
    const options = { vehicles: 2_500, reports: 3, from: DAY + minute * 30_000 }
    const add = await Promise.all(CELLS.map((_, cell) => writeFile(store, cell, options)))
    await table.commit({ parts: [{ add }], operation: 'WRITE' })
    const { cpuMs } = await step()
    if (minute < 4) continue
    sum += cpuMs
    positions += options.vehicles * options.reports * CELLS.length
  }
  const microsAPosition = (sum * 1_000) / positions
  console.log(
    `following: ${microsAPosition.toFixed(3)} µs of CPU a position for both: ${((microsAPosition * 20_000) / 1e6).toFixed(3)} cores at 20,000/s`,
  )
}

const root = await mkdtemp(join(tmpdir(), 'fleetlake-bench-'))
try {
  if (process.argv[2] !== 'following') await building(join(root, 'building'))
  await following(join(root, 'following'))
} finally {
  await rm(root, { recursive: true })
}
