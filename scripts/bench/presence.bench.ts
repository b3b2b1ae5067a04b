/**
 * What the table `presence` costs: `node scripts/bench/presence.bench.ts [--vehicles n] [--seconds n]`. Positions of a day of the simulated city, reported each so many seconds, become rows of
 * presence in one merged file; then a vehicle's month is looked up in a table of 7 years, in a folder. Each lookup's best of some rounds counts, in ms of the processor too.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createFileStore, createMemoryStore } from '@fleetlake/archive'
import { configSchema, generatedVehicleId } from '@fleetlake/contracts'
import { cellName, cellOf, toMicroDegrees } from '@fleetlake/core'
import {
  bucketOf,
  CLASSES,
  classOf,
  INTERVAL_CLASSES,
  openProjectionTable,
  PRESENCE,
  presenceOfRows,
  readPresence,
} from '@fleetlake/projections'
import { provideMontevideo } from '../../event-generator/src/city/build-pack.ts'
import { createFleet } from '../../event-generator/src/core/fleet.ts'
import { createReportColumns } from '../../event-generator/src/core/report-columns.ts'
import { shareOf } from '../../event-generator/src/core/share.ts'
import { startDataFile } from '../../shared/projections/src/table/write-file.ts'
import { firstDayOf, sevenYears } from '../../shared/projections/src/testing/seven-years.ts'

const { values } = parseArgs({
  options: { vehicles: { type: 'string', default: '500' }, seconds: { type: 'string', default: '20' } },
})
const VEHICLES = Number(values.vehicles)
const INTERVAL_MS = Number(values.seconds) * 1000
const START_MS = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000
const CELL_LENGTH = 5
const ROUNDS = 7

interface Stay {
  readonly vehicle: number
  readonly cell: number
  readonly first: number
  last: number
  rows: number
  readonly counts: Int32Array
}

/** A day of the city's vehicles, plainly reckoned. */
const simulateDay = async (): Promise<{ readonly stays: Stay[]; readonly positions: number }> => {
  const city = await provideMontevideo(configSchema.parse({}).generator.cityDir)
  const share = shareOf(VEHICLES, 0, 1)
  const fleet = createFleet({ city, seed: 1, vehicles: VEHICLES, share, startTime: START_MS, intervalMs: INTERVAL_MS })
  const reports = createReportColumns(VEHICLES)
  const stays = new Map<string, Stay>()
  let positions = 0
  for (let tick = 0; tick < DAY_MS / INTERVAL_MS; tick++) {
    fleet.tick(tick, reports)
    for (let i = 0; i < reports.length; i++) {
      const [vehicle, time] = [reports.vehicle[i], reports.time[i]]
      if (time >= START_MS + DAY_MS) continue
      const cell = cellOf(toMicroDegrees(reports.longitude[i]), toMicroDegrees(reports.latitude[i]), CELL_LENGTH)
      positions++
      const key = `${vehicle} ${cell}`
      const stay = stays.get(key)
      if (stay === undefined) {
        stays.set(key, { vehicle, cell, first: time, last: time, rows: 1, counts: new Int32Array(CLASSES) })
        continue
      }
      stay.counts[classOf(time - stay.last)]++
      stay.last = time
      stay.rows++
    }
  }
  return { stays: [...stays.values()], positions }
}

const measureBytes = async (): Promise<void> => {
  const { stays, positions } = await simulateDay()
  const batch = PRESENCE.merge([
    presenceOfRows(
      stays.map(({ vehicle, cell, first, last, rows, counts }) => ({
        vehicleId: generatedVehicleId('v-7k3f9a-', vehicle),
        day: START_MS / DAY_MS,
        cell: cellName(cell, CELL_LENGTH),
        first,
        last,
        rows,
        intervals: new Map(INTERVAL_CLASSES.map((seconds, place) => [seconds, counts[place]])),
      })),
    ),
  ])
  const file = startDataFile(createMemoryStore(), PRESENCE, { month: '2026-01', level: 'base' })
  file.add(batch)
  const { size } = (await file.finish({ nowMs: START_MS, dataChange: true }))!
  console.log(
    `${VEHICLES} vehicles, a report each ${values.seconds} s: ${positions} positions, ${batch.length} rows of presence, ${size} bytes: ` +
      `${(size / batch.length).toFixed(1)} a row, ${(size / positions).toFixed(3)} a position`,
  )
}

interface Timed {
  readonly ms: number
  readonly cpuMs: number
}

const NEVER: Timed = { ms: Infinity, cpuMs: Infinity }

const timed = async <Result>(run: () => Promise<Result>): Promise<Timed & { readonly result: Result }> => {
  const [startMs, before] = [performance.now(), process.cpuUsage()]
  const result = await run()
  const { user, system } = process.cpuUsage(before)
  return { result, ms: performance.now() - startMs, cpuMs: (user + system) / 1000 }
}

const faster = (a: Timed, b: Timed): Timed => ({ ms: Math.min(a.ms, b.ms), cpuMs: Math.min(a.cpuMs, b.cpuMs) })

const measureLookup = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'fleetlake-presence-'))
  const [vehicleId, month] = ['v-20000', 40]
  await sevenYears(createFileStore(folder), { bucket: bucketOf(vehicleId), month })
  const dates = { from: firstDayOf(month), to: firstDayOf(month + 1) }
  const best = { open: NEVER, first: NEVER, again: NEVER }
  for (let round = 0; round < ROUNDS; round++) {
    const opened = await timed(async () => (await openProjectionTable(createFileStore(folder), PRESENCE))!)
    const table = opened.result
    const look = () => readPresence(table, table.state, { vehicleIds: [vehicleId], dates })
    const [first, again] = [await timed(look), await timed(look)]
    best.open = faster(best.open, opened)
    best.first = faster(best.first, first)
    best.again = faster(best.again, again)
  }
  await rm(folder, { recursive: true })
  const text = ({ ms, cpuMs }: Timed): string => `${ms.toFixed(1)} ms (${cpuMs.toFixed(1)} of the processor)`
  console.log(
    `a vehicle's month of 7 years (5,376 files): the table opened in ${text(best.open)}, the month read in ${text(best.first)}, again in ${text(best.again)}`,
  )
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, node ${process.version}`)
await measureBytes()
await measureLookup()
