import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** One position of a real recording. */
export interface TracePoint {
  readonly id: string
  readonly timeMs: number
  readonly longitude: number
  readonly latitude: number
}

/**
 * Recordings of real GPS receivers: a hike in Oregon (gps-distance, BSD) and a run and a bicycle ride (stoplight, MIT). They
 * come as GPX and are made the CSV of a fleet here.
 */
const RECORDINGS = [
  { id: 'hike', module: 'gps-distance', file: 'test/oregon.gpx' },
  { id: 'run', module: 'stoplight', file: 'gpx/sample.gpx' },
  { id: 'ride', module: 'stoplight', file: 'gpx/sample-ride.gpx' },
]

const { resolve } = createRequire(import.meta.url)
const folderOf = (module: string): string => dirname(resolve(`${module}/package.json`))

const POINT = /<trkpt lat="([^"]+)" lon="([^"]+)">.*?<time>([^<]+)<\/time>/gs

/** Every point of the recordings, in their order. */
export const realTrace = (): TracePoint[] =>
  RECORDINGS.flatMap(({ id, module, file }) =>
    [...readFileSync(join(folderOf(module), file), 'utf8').matchAll(POINT)].map(([, latitude, longitude, time]) => ({
      id,
      timeMs: Date.parse(time),
      longitude: Number(longitude),
      latitude: Number(latitude),
    })),
  )

/** As a tracking system of Shanghai would export them: local times without an offset. */
export const shanghaiCsv = (points: readonly TracePoint[]): string => {
  const local = (timeMs: number): string =>
    new Date(timeMs + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const lines = points.map(({ id, timeMs, longitude, latitude }) => `${id},${local(timeMs)},${longitude},${latitude}`)
  return `name_id,timestamp,longitude,latitude\n${lines.join('\n')}\n`
}
