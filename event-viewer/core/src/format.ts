import { type PositionRow, rowsOfPositions } from '@fleetlake/contracts'
import type { Positions } from '@fleetlake/core'
import { stringify } from 'csv-stringify/sync'

/** Found positions as text: `head`, then `rows` for each batch, then `tail`. Column names are those at rest. */
export interface RowFormat {
  head(): string
  rows(batch: Positions): string
  /** @param status of the answer: a GeoJSON says whether it is complete */
  tail(status: string): string
}

export const FORMATS = ['ndjson', 'csv', 'geojson'] as const
export type FormatName = (typeof FORMATS)[number]

const COLUMNS = ['vehicle_id', 'vehicle_type', 'event_time', 'longitude', 'latitude', 'speed', 'heading'] as const

/** The shortest decimal number that is this float32; null for none. */
const float32 = (value: number): number | null => {
  if (Number.isNaN(value)) return null
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

const recordOf = (row: PositionRow): Record<(typeof COLUMNS)[number], string | number | null> => ({
  vehicle_id: row.vehicleId,
  vehicle_type: row.vehicleType,
  event_time: new Date(row.eventTime).toISOString(),
  longitude: row.longitude,
  latitude: row.latitude,
  speed: float32(row.speed),
  heading: float32(row.heading),
})

const ndjson = (): RowFormat => ({
  head: () => '',
  rows: (batch) =>
    rowsOfPositions(batch)
      .map((row) => `${JSON.stringify(recordOf(row))}\n`)
      .join(''),
  tail: () => '',
})

const csv = (): RowFormat => ({
  head: () => stringify([COLUMNS]),
  rows: (batch) => stringify(rowsOfPositions(batch).map(recordOf), { columns: [...COLUMNS] }),
  tail: () => '',
})

/** A FeatureCollection of points; the member `status` says how the answer ended. */
const geojson = (): RowFormat => {
  let isFirst = true
  return {
    head: () => '{"type":"FeatureCollection","features":[',
    rows: (batch) =>
      rowsOfPositions(batch)
        .map((row) => {
          const { longitude, latitude, ...properties } = recordOf(row)
          const feature = {
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [longitude, latitude] },
            properties,
          }
          const separator = isFirst ? '\n' : ',\n'
          isFirst = false
          return separator + JSON.stringify(feature)
        })
        .join(''),
    tail: (status) => `\n],"status":${JSON.stringify(status)}}\n`,
  }
}

export const createFormat = (name: FormatName): RowFormat => ({ ndjson, csv, geojson })[name]()
