/**
 * What a report costs the worker: `node live-intake.bench.ts [--vehicles n] [--rows n] [--json]`. Batches of a thousand rows, as the
 * generator sends them, are taken, and a frame is cut each tenth second; each part's best round counts. `shuffled` has the vehicles of
 * a batch anywhere in memory, `frame` is of everything in view, `find` is a search for an id.
 */
import { CONTENT_TYPES } from '@fleetlake/contracts'
import { parseArgs } from 'node:util'
import { decodePositions, encodePositions, type Positions } from '@fleetlake/columnar'
import { mix32 } from '@fleetlake/core'
import { createLiveIntake, type LiveIntake } from './live-intake.ts'

const { values } = parseArgs({
  options: {
    vehicles: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
  },
})
const VEHICLES = Number(values.vehicles)
const ROWS = Number(values.rows)
const BATCH_ROWS = 1_000
const ROUNDS = 5
const ROWS_PER_FRAME = 100_000
const START_MS = Date.UTC(2026, 10, 21, 9)

const ids = Array.from({ length: VEHICLES }, (_, i) => new TextEncoder().encode(`taxi-${String(i).padStart(7, '0')}`))
const idBytes = ids[0].length

const batchOf = (first: number, vehicleAt: (row: number) => number): Positions => {
  const batch = {
    length: BATCH_ROWS,
    vehicleIdOffsets: Int32Array.from({ length: BATCH_ROWS + 1 }, (_, i) => i * idBytes),
    vehicleIdBytes: new Uint8Array(BATCH_ROWS * idBytes),
    vehicleType: new Int32Array(BATCH_ROWS),
    vehicleTypes: ['taxi', 'bus', 'van'],
    measures: [],
    eventTime: new Float64Array(BATCH_ROWS),
    longitude: new Float64Array(BATCH_ROWS),
    latitude: new Float64Array(BATCH_ROWS),
    speed: new Float32Array(BATCH_ROWS),
    heading: new Float32Array(BATCH_ROWS),
  }
  for (let i = 0; i < BATCH_ROWS; i++) {
    const vehicle = vehicleAt(first + i)
    batch.vehicleIdBytes.set(ids[vehicle], i * idBytes)
    batch.vehicleType[i] = vehicle % 3
    batch.eventTime[i] = START_MS + Math.floor((first + i) / VEHICLES) * 5_000
    batch.longitude[i] = -56.2 + (mix32(first + i) % 200_000) / 1e6
    batch.latitude[i] = -34.9 + (mix32(first + i + 1) % 100_000) / 1e6
    batch.speed[i] = vehicle % 20
    batch.heading[i] = vehicle % 360
  }
  return batch
}

const payloadsOf = (vehicleAt: (row: number) => number): Uint8Array[] =>
  Array.from({ length: ROWS / BATCH_ROWS }, (_, i) => encodePositions(batchOf(i * BATCH_ROWS, vehicleAt)))

/** Every vehicle in turn; and in an order that jumps about, every vehicle as often. */
const inTurn = payloadsOf((row) => row % VEHICLES)
const shuffled = payloadsOf((row) => Math.floor(((row * 0.6180339887498949) % 1) * VEHICLES))

/** ms of this process's processor. */
const cost = <T>(run: () => T): { result: T; ms: number } => {
  const before = process.cpuUsage()
  const result = run()
  const { user, system } = process.cpuUsage(before)
  return { result, ms: (user + system) / 1_000 }
}

const takeAll = (payloads: readonly Uint8Array[]): LiveIntake => {
  const intake = createLiveIntake()
  payloads.forEach((payload, i) => {
    const nowMs = START_MS + (i * BATCH_ROWS * 100) / ROWS_PER_FRAME
    intake.take(payload, { nowMs, storedMs: nowMs, futureToleranceMs: 60_000, contentType: CONTENT_TYPES.arrow })
    if ((i * BATCH_ROWS) % ROWS_PER_FRAME === 0) intake.takeFrame(nowMs)
  })
  return intake
}

const best = { decode: Infinity, inTurn: Infinity, shuffled: Infinity, frame: Infinity, find: Infinity }
for (let round = 0; round < ROUNDS; round++) {
  const decoded = cost(() => inTurn.map((payload) => decodePositions(payload)!.length))
  const turn = cost(() => takeAll(inTurn))
  const jump = cost(() => takeAll(shuffled))
  turn.result.setRequest({ isReset: true })
  const frame = cost(() => turn.result.takeFrame(START_MS + 1e6))
  const find = cost(() => turn.result.find('9', 20))
  best.decode = Math.min(best.decode, decoded.ms)
  best.inTurn = Math.min(best.inTurn, turn.ms)
  best.shuffled = Math.min(best.shuffled, jump.ms)
  best.frame = Math.min(best.frame, frame.ms)
  best.find = Math.min(best.find, find.ms)
}
const rowsPerSecond = (ms: number): number => Math.round((ROWS / ms) * 1_000)
const result = {
  vehicles: VEHICLES,
  rows: ROWS,
  decodeRowsPerSecond: rowsPerSecond(best.decode),
  inTurnRowsPerSecond: rowsPerSecond(best.inTurn),
  shuffledRowsPerSecond: rowsPerSecond(best.shuffled),
  wholeFrameMs: best.frame,
  findMs: best.find,
}
if (values.json) console.log(JSON.stringify(result))
else for (const [part, value] of Object.entries(result)) console.log(part.padEnd(24), value.toLocaleString('en-US'))
