import type { FoundRows } from '@fleetlake/viewer-core'
import { cadenceOf, type Gap, joinRows, type KnownCadences } from '@fleetlake/viewer-core'
import type { FeatureCollection } from 'geojson'

/** Where one vehicle was: columns, ascending and distinct in time. */
export interface Track {
  readonly length: number
  /** ms since the epoch, UTC */
  readonly eventTime: ArrayLike<number>
  readonly longitude: ArrayLike<number>
  readonly latitude: ArrayLike<number>
  /** m/s; NaN for none */
  readonly speed: ArrayLike<number>
  /** The first live row, if it does not follow on the archived rows: a gap before it. */
  readonly seam?: number
  /** How often the vehicle reports, where a finder has said it. */
  readonly known?: { readonly id: string; readonly cadences: KnownCadences }
}

/**
 * Reports further apart than this and than a number of usual intervals of the vehicle, where what is archived ends and what was heard
 * begins: some are on their way to the archive.
 */
const SEAM_MS = 15_000
const SEAM_INTERVALS = 1.5

/** The rows of one vehicle; none when it is not among those found. */
export const trackOf = (found: FoundRows, id: string): Track => {
  const vehicle = found.ids.indexOf(id)
  const [from, to] = vehicle < 0 ? [0, 0] : [found.start[vehicle], found.start[vehicle + 1]]
  return {
    length: to - from,
    eventTime: found.eventTime.subarray(from, to),
    longitude: found.longitude.subarray(from, to),
    latitude: found.latitude.subarray(from, to),
    speed: found.speed.subarray(from, to),
    ...(found.cadences === undefined || vehicle < 0 ? {} : { known: { id, cadences: found.cadences } }),
  }
}

/** Archived and live reports since `fromMs`, each instant once; archived reports win. */
export const mergeTracks = (archived: Track, heard: Track, fromMs: number): Track => {
  const merged = {
    eventTime: [] as number[],
    longitude: [] as number[],
    latitude: [] as number[],
    speed: [] as number[],
  }
  const add = (track: Track, row: number): void => {
    const time = track.eventTime[row]
    if (time < fromMs || merged.eventTime.at(-1) === time) return
    merged.eventTime.push(time)
    merged.longitude.push(track.longitude[row])
    merged.latitude.push(track.latitude[row])
    merged.speed.push(track.speed[row])
  }
  let [a, h] = [0, 0]
  while (a < archived.length || h < heard.length) {
    if (h === heard.length || (a < archived.length && archived.eventTime[a] <= heard.eventTime[h])) add(archived, a++)
    else add(heard, h++)
  }
  const seam = seamOf(archived, heard, merged.eventTime)
  return {
    length: merged.eventTime.length,
    ...merged,
    ...(seam === undefined ? {} : { seam }),
    ...(archived.known === undefined ? {} : { known: archived.known }),
  }
}

const seamOf = (archived: Track, heard: Track, merged: readonly number[]): number | undefined => {
  if (archived.length === 0 || heard.length === 0) return undefined
  const [last, first] = [archived.eventTime[archived.length - 1], heard.eventTime[0]]
  const row = merged.indexOf(first)
  const usualMs = SEAM_INTERVALS * (cadenceOf(archived.eventTime, 0, archived.length) ?? 0)
  return first - last > Math.max(SEAM_MS, usualMs) && row > 0 ? row : undefined
}

/** Rows `[from, to)` between which there is no gap, and no leap where they are not to be longer than `maxMps` can take one. */
export const stretchesOf = (track: Track, gap: Gap, maxMps = Infinity): { from: number; to: number }[] => {
  const { length, eventTime, seam, known } = track
  const ids = known === undefined ? [] : [known.id]
  const joined = joinRows({ start: [0, length], eventTime, ids, cadences: known?.cadences }, gap)
  const stretches: { from: number; to: number }[] = []
  const isJoined = (row: number): boolean => {
    const ms = eventTime[row] - eventTime[row - 1]
    return row !== seam && joined.isJoined[row - 1] === 1 && metresTo(track, row) <= (maxMps * ms) / 1000
  }
  for (let from = 0, row = 1; row <= length; row++) {
    if (row < length && isJoined(row)) continue
    stretches.push({ from, to: row })
    from = row
  }
  return stretches
}

const METRES_PER_DEGREE = 111_195

/** From the row before; as good as it needs to be. */
const metresTo = ({ longitude, latitude }: Track, row: number): number => {
  const east = (longitude[row] - longitude[row - 1]) * Math.cos((latitude[row] * Math.PI) / 180)
  return Math.hypot(east, latitude[row] - latitude[row - 1]) * METRES_PER_DEGREE
}

/** Faster than any vehicle: a vehicle that leaps like this was not driving between its reports. */
const LEAP_MPS = 150

/** As GeoJSON: a line for each stretch, a point for a report that stands alone. */
export const pathOf = (track: Track, gap: Gap): FeatureCollection => ({
  type: 'FeatureCollection',
  features: stretchesOf(track, gap, LEAP_MPS).map(({ from, to }) => {
    const places = Array.from({ length: to - from }, (_, i) => [track.longitude[from + i], track.latitude[from + i]])
    return {
      type: 'Feature',
      properties: {},
      geometry:
        places.length === 1 ? { type: 'Point', coordinates: places[0] } : { type: 'LineString', coordinates: places },
    }
  }),
})

/** What a chart of speed over time draws: seconds since the epoch, km/h, and the row of each point; null and -1 in a gap. */
export interface SpeedSeries {
  readonly seconds: number[]
  readonly kmh: (number | null)[]
  readonly rows: number[]
}

export const speedSeriesOf = (track: Track, gap: Gap): SpeedSeries => {
  const series: SpeedSeries = { seconds: [], kmh: [], rows: [] }
  const add = (seconds: number, kmh: number | null, row: number): void => {
    series.seconds.push(seconds)
    series.kmh.push(kmh)
    series.rows.push(row)
  }
  stretchesOf(track, gap).forEach(({ from, to }, i) => {
    if (i > 0) add((track.eventTime[from - 1] + track.eventTime[from]) / 2000, null, -1)
    for (let row = from; row < to; row++) {
      const speed = track.speed[row]
      add(track.eventTime[row] / 1000, Number.isNaN(speed) ? null : speed * 3.6, row)
    }
  })
  return series
}

/** `[west, south, east, north]`; undefined for no rows. */
export const boundsOfTrack = ({ length, longitude, latitude }: Track): [number, number, number, number] | undefined => {
  if (length === 0) return undefined
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let row = 0; row < length; row++) {
    bounds[0] = Math.min(bounds[0], longitude[row])
    bounds[1] = Math.min(bounds[1], latitude[row])
    bounds[2] = Math.max(bounds[2], longitude[row])
    bounds[3] = Math.max(bounds[3], latitude[row])
  }
  return bounds
}
