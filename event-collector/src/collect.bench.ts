/**
 * What a row costs the collector's processor: `node collect.bench.ts [--rows n] [--source text] [--json]`. Batches of a thousand rows, as the
 * generator sends them, are decoded, taken into a buffer, and cut into chunks; each part's best round counts.
 */
import { parseArgs } from 'node:util'
import { encodePositions, encodePositionsOf, decodePositions, type Positions } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { createRandomStreams, seedOf } from '@fleetlake/core'
import { type Chunk, chunksOf, createChunkArrays } from './core/chunks.ts'
import { createPartitionBuffer } from './core/partition-buffer.ts'
import { takeIn } from './core/take-in.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500000' },
    source: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const ROWS = Number(values.rows)
const VEHICLES = 2_000
const BATCH_ROWS = 1_000
const ROUNDS = 7
const START_MS = Date.UTC(2026, 10, 21, 9)
const OPTIONS = { windowMs: 600_000, geohashLength: 5, minRows: 2_000 }

const random = createRandomStreams(Uint32Array.from({ length: VEHICLES }, (_, i) => seedOf(1, i)))
const ids = Array.from({ length: VEHICLES }, (_, i) => new TextEncoder().encode(`taxi-${String(i).padStart(6, '0')}`))
const idBytes = ids[0].length

/** Every vehicle reports in turn, every 5 s, somewhere near where it was. */
const batchFrom = (first: number): Positions => {
  const vehicleIdBytes = new Uint8Array(BATCH_ROWS * idBytes)
  const batch = {
    length: BATCH_ROWS,
    measures: [],
    vehicleIdOffsets: Int32Array.from({ length: BATCH_ROWS + 1 }, (_, i) => i * idBytes),
    vehicleIdBytes,
    vehicleType: new Int32Array(BATCH_ROWS),
    vehicleTypes: ['taxi', 'bus', 'van'],
    eventTime: new Float64Array(BATCH_ROWS),
    longitude: new Float64Array(BATCH_ROWS),
    latitude: new Float64Array(BATCH_ROWS),
    speed: new Float32Array(BATCH_ROWS),
    heading: new Float32Array(BATCH_ROWS),
  }
  for (let i = 0; i < BATCH_ROWS; i++) {
    const vehicle = (first + i) % VEHICLES
    vehicleIdBytes.set(ids[vehicle], i * idBytes)
    batch.vehicleType[i] = vehicle % 3
    batch.eventTime[i] = START_MS + Math.floor((first + i) / VEHICLES) * 5_000
    batch.longitude[i] = -56.2 + (vehicle % 40) * 0.005 + random.next(vehicle) * 0.01
    batch.latitude[i] = -34.9 + Math.floor(vehicle / 40) * 0.002 + random.next(vehicle) * 0.01
    batch.speed[i] = random.next(vehicle) * 20
    batch.heading[i] = random.next(vehicle) * 360
  }
  return batch
}

/** Of a run, when a source is given. */
const encode = (batch: Positions): Uint8Array =>
  values.source === undefined ? encodePositions(batch) : encodePositionsOf(values.source, batch)
const payloads = Array.from({ length: Math.ceil(ROWS / BATCH_ROWS) }, (_, i) => encode(batchFrom(i * BATCH_ROWS)))
const rows = payloads.length * BATCH_ROWS

/** ns of this process's processor a row. */
const cost = <T>(run: () => T): { result: T; ns: number } => {
  const before = process.cpuUsage()
  const result = run()
  const { user, system } = process.cpuUsage(before)
  return { result, ns: ((user + system) * 1_000) / rows }
}

const arrays = createChunkArrays()
const best = { decode: Infinity, takeIn: Infinity, chunks: Infinity, encode: Infinity }
for (let round = 0; round < ROUNDS; round++) {
  const decoded = cost(() => payloads.map((payload) => decodePositions(payload)!))
  const taken = cost(() => {
    const buffer = createPartitionBuffer()
    for (const batch of decoded.result)
      takeIn(buffer, batch, { geohashLength: 5, latestMs: START_MS + 86_400_000, table: { measures: [] } })
    return buffer
  })
  const cutInto = (use: (chunk: Chunk) => number) => (): number => {
    let total = 0
    for (const chunk of chunksOf(taken.result, OPTIONS, arrays)) total += use(chunk)
    return total
  }
  const cut = cost(cutInto(({ length }) => length))
  const encoded = cost(cutInto((chunk) => parquetCodec.encode(chunk).length))
  best.decode = Math.min(best.decode, decoded.ns)
  best.takeIn = Math.min(best.takeIn, taken.ns)
  best.chunks = Math.min(best.chunks, cut.ns)
  best.encode = Math.min(best.encode, encoded.ns - cut.ns)
}
if (values.json) console.log(JSON.stringify({ rows, nsPerRow: best }))
else
  for (const [part, ns] of Object.entries(best)) console.log(`${part.padEnd(8)} ${ns.toFixed(1).padStart(8)} ns a row`)
