import type { Track } from './track.ts'

/** The live reports of one vehicle; of more than an hour, or of very many, the oldest are dropped. */
export interface HeardTrack {
  readonly track: Track
  add(report: { eventTime: number; longitude: number; latitude: number; speed: number }): void
}

const MAX_MS = 3_600_000
const MAX_ROWS = 20_000

export const createHeardTrack = (): HeardTrack => {
  const columns: { [Column in 'eventTime' | 'longitude' | 'latitude' | 'speed']: number[] } = {
    eventTime: [],
    longitude: [],
    latitude: [],
    speed: [],
  }
  const dropFirst = (rows: number): void => {
    for (const column of Object.values(columns)) column.splice(0, rows)
  }
  return {
    get track() {
      return { length: columns.eventTime.length, ...columns }
    },
    add: ({ eventTime, longitude, latitude, speed }) => {
      if (eventTime <= (columns.eventTime.at(-1) ?? -Infinity)) return
      columns.eventTime.push(eventTime)
      columns.longitude.push(longitude)
      columns.latitude.push(latitude)
      columns.speed.push(speed)
      // Rows go a tenth at a time: to move all that are left for each that comes would be slow.
      if (columns.eventTime.length > MAX_ROWS) dropFirst(MAX_ROWS / 10)
      const old = columns.eventTime.findIndex((time) => time >= eventTime - MAX_MS)
      if (old > 100) dropFirst(old)
    },
  }
}
