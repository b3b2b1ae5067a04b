/**
 * What last positions cost the worker: `node last-positions.bench.ts [--vehicles n] [--json]`. Batches as finders send them are taken, then frames are cut
 * until the page knows all vehicles; `longest` is what the worker is held up by one batch or one frame, `again` an answer that has nothing new.
 */
import { parseArgs } from 'node:util'
import { type Positions, positionsOfRows } from '@fleetlake/columnar'
import { createLiveIntake } from './live-intake.ts'

const { values } = parseArgs({
  options: { vehicles: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
})
const VEHICLES = Number(values.vehicles)
const BATCH_ROWS = 8_192
const NOW_MS = Date.UTC(2026, 10, 21, 9)

const batchAt = (first: number): Positions =>
  positionsOfRows(
    Array.from({ length: Math.min(BATCH_ROWS, VEHICLES - first) }, (_, i) => ({
      vehicleId: `taxi-${String(first + i).padStart(7, '0')}`,
      vehicleType: ['taxi', 'bus', 'van'][i % 3],
      eventTime: NOW_MS - 3_600_000 - ((first + i) % 80_000) * 1_000,
      longitude: -56.2 + (i % 1_000) / 5_000,
      latitude: -34.9 + (i % 700) / 7_000,
      speed: 0,
      heading: i % 360,
    })),
  )
const batches = Array.from({ length: Math.ceil(VEHICLES / BATCH_ROWS) }, (_, i) => batchAt(i * BATCH_ROWS))

/** ms of this process's processor, of all runs and of the longest one. */
const cost = (runs: Iterable<() => void>): { sum: number; longest: number; count: number } => {
  let [sum, longest, count] = [0, 0, 0]
  for (const run of runs) {
    const before = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(before)
    const ms = (user + system) / 1_000
    sum += ms
    longest = Math.max(longest, ms)
    count++
  }
  return { sum, longest, count }
}

const heapBefore = process.memoryUsage()
const intake = createLiveIntake()
intake.setRequest({ keptMs: 86_400_000 })
intake.takeFrame(NOW_MS)
const taken = cost(batches.map((batch) => () => intake.takeLast(batch, 1, NOW_MS)))
const ended = cost([() => intake.endLast(1, NOW_MS)])
const frames = cost(
  (function* () {
    let told = 0
    for (let i = 1; told < VEHICLES; i++) yield () => void (told += intake.takeFrame(NOW_MS + i)!.fresh.id.length)
  })(),
)
const swept = cost([() => void intake.takeFrame(NOW_MS + 10_000)])
const again = cost(batches.map((batch) => () => intake.takeLast(batch, 2, NOW_MS)))
const heapAfter = process.memoryUsage()
const result = {
  vehicles: VEHICLES,
  takeMs: taken.sum,
  longestTakeMs: taken.longest,
  endMs: ended.sum,
  frames: frames.count,
  framesMs: frames.sum,
  longestFrameMs: frames.longest,
  sweepMs: swept.sum,
  againMs: again.sum,
  bytesPerVehicle: Math.round((heapAfter.arrayBuffers - heapBefore.arrayBuffers) / VEHICLES),
}
if (values.json) console.log(JSON.stringify(result))
else for (const [part, value] of Object.entries(result)) console.log(part.padEnd(20), value.toLocaleString('en-US'))
