import { type ChunkFormat, type Rows, rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { openCodec } from '@fleetlake/columnar/formats'
import { createFileStore, openTable, writeChunk } from '@fleetlake/archive'
import { cellName, cellOf, createRandomStreams, seedOf, windowStart } from '@fleetlake/core'
import { type TableRows, temporaryFolder } from '@fleetlake/testing'

const WINDOW_MS = 600_000
const CELL_LENGTH = 5
const TYPES = ['bus', 'taxi', 'truck']

/** The first event time of a test archive. */
export const START_MS = Date.parse('2026-01-05T23:00:00Z')

export interface TestArchive {
  /** As `archive.path`. */
  readonly path: string
  readonly rows: TableRows
  /** Files of the table, as paths of the filesystem. */
  readonly files: readonly string[]
}

interface Row {
  readonly vehicle: number
  readonly time: number
  readonly x: number
  readonly y: number
}

const columnsOf = (rows: readonly Row[], vehicleIds: readonly string[]): Rows =>
  rowsOfArrays({
    length: rows.length,
    vehicleIds: textsOfStrings(vehicleIds),
    vehicle: Int32Array.from(rows, ({ vehicle }) => vehicle),
    vehicleTypes: TYPES,
    vehicleType: Int32Array.from(rows, ({ vehicle }) => vehicle % TYPES.length),
    eventTime: Float64Array.from(rows, ({ time }) => time),
    longitude: Int32Array.from(rows, ({ x }) => x),
    latitude: Int32Array.from(rows, ({ y }) => y),
    speed: Float32Array.from(rows, ({ vehicle }) => (vehicle % 5 === 0 ? NaN : vehicle % 17)),
    heading: Float32Array.from(rows, ({ time }) => (time / 1000) % 360),
  })

const tableRowsOf = (rows: readonly Row[], vehicleIds: readonly string[]): TableRows => ({
  length: rows.length,
  vehicleIds: rows.map(({ vehicle }) => vehicleIds[vehicle]),
  vehicleTypes: rows.map(({ vehicle }) => TYPES[vehicle % TYPES.length]),
  time: Float64Array.from(rows, ({ time }) => time),
  x: Int32Array.from(rows, ({ x }) => x),
  y: Int32Array.from(rows, ({ y }) => y),
})

/** A real table of vehicles that wander about a few kilometres, one position a step, across midnight; its chunks take turns in formats. */
export const writeTestArchive = async ({
  vehicles = 60,
  steps = 480,
  stepMs = 15_000,
  startMs = START_MS,
  formats = ['parquet'],
}: {
  vehicles?: number
  steps?: number
  stepMs?: number
  startMs?: number
  formats?: readonly ChunkFormat[]
} = {}): Promise<TestArchive> => {
  const random = createRandomStreams(Uint32Array.from({ length: vehicles }, (_, i) => seedOf(7, i)))
  const vehicleIds = Array.from({ length: vehicles }, (_, i) => `vehicle-${i}${i % 7 === 0 ? '-größer' : ''}`)
  const groups = new Map<string, Row[]>()
  for (let vehicle = 0; vehicle < vehicles; vehicle++) {
    const between = (low: number, high: number): number => Math.round(low + random.next(vehicle) * (high - low))
    let [x, y] = [between(-56_250_000, -56_100_000), between(-34_930_000, -34_820_000)]
    for (let step = 0; step < steps; step++) {
      const time = startMs + step * stepMs
      const group = `${windowStart(time, WINDOW_MS)} ${cellName(cellOf(x, y, CELL_LENGTH), CELL_LENGTH)}`
      const rows = groups.get(group) ?? []
      groups.set(group, rows)
      rows.push({ vehicle, time, x, y })
      x += between(-1_500, 1_500)
      y += between(-1_200, 1_200)
    }
  }
  const path = await temporaryFolder()
  const store = createFileStore(`${path}/moves`)
  const table = await openTable(store, { create: { geohashLength: CELL_LENGTH, windowMs: WINDOW_MS } })
  const add = []
  for (const [group, rows] of groups) {
    const [start, cell] = group.split(' ')
    const sorted = rows.toSorted((a, b) => a.vehicle - b.vehicle || a.time - b.time)
    const place = { cell, windowStart: Number(start) }
    const codec = await openCodec(formats[add.length % formats.length])
    add.push(await writeChunk(columnsOf(sorted, vehicleIds), place, { store, codec }))
  }
  await table.commit({ parts: [{ add }], operation: 'WRITE' })
  const files = [...table.snapshot.files()].map((chunk) => store.url(chunk.path))
  await table.close()
  return { path, rows: tableRowsOf([...groups.values()].flat(), vehicleIds), files }
}
