import { parseArgs } from 'node:util'
import { createFleet } from '../core/fleet.ts'
import { createReportColumns } from '../core/report-columns.ts'
import { shareOf } from '../core/share.ts'
import { provideMontevideo } from './build-pack.ts'

const { values } = parseArgs({
  options: {
    vehicles: { type: 'string', default: '1500' },
    reports: { type: 'string', default: '5000000' },
    pack: { type: 'string', default: 'node_modules/.cache/fleetlake/montevideo' },
    json: { type: 'boolean', default: false },
  },
})
const vehicles = Number(values.vehicles)
const ticks = Math.ceil(Number(values.reports) / vehicles)
const city = await provideMontevideo(values.pack)
const share = shareOf(vehicles, 0, 1)
const fleet = createFleet({ city, seed: 1, vehicles, share, startTime: Date.UTC(2026, 0, 5), intervalMs: 5000 })
const out = createReportColumns(vehicles)
let tick = 0
while (tick < ticks / 10) fleet.tick(tick++, out)

const warm = tick
const cpu = process.cpuUsage()
while (tick < ticks) fleet.tick(tick++, out)

const { user, system } = process.cpuUsage(cpu)
const reports = (tick - warm) * vehicles
const cpuMicrosPerReport = Number(((user + system) / reports).toFixed(4))
process.stdout.write(
  values.json
    ? `${JSON.stringify({ vehicles, reports, cpuMicrosPerReport })}\n`
    : `${vehicles} vehicles, ${reports} reports: ${cpuMicrosPerReport} CPU-µs per report\n`,
)
