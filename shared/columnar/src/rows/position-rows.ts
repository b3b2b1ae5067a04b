import type { Positions } from './positions.ts'

/** One position as an object: for input that comes row by row, never for the hot path. */
export interface PositionRow {
  readonly vehicleId: string
  readonly vehicleType: string
  /** ms since the epoch. */
  readonly eventTime: number
  readonly longitude: number
  readonly latitude: number
  /** m/s; NaN when unknown. */
  readonly speed: number
  /** Degrees clockwise from north; NaN when unknown. */
  readonly heading: number
}

const utf8 = new TextEncoder()

export const positionsOfRows = (rows: readonly PositionRow[]): Positions => {
  const ids = rows.map(({ vehicleId }) => utf8.encode(vehicleId))
  const vehicleIdOffsets = new Int32Array(rows.length + 1)
  ids.forEach(({ length }, i) => {
    vehicleIdOffsets[i + 1] = vehicleIdOffsets[i] + length
  })
  const vehicleIdBytes = new Uint8Array(vehicleIdOffsets[rows.length])
  ids.forEach((id, i) => vehicleIdBytes.set(id, vehicleIdOffsets[i]))
  const vehicleTypes = [...new Set(rows.map(({ vehicleType }) => vehicleType))]
  const codes = new Map(vehicleTypes.map((type, code) => [type, code]))
  return {
    length: rows.length,
    vehicleIdOffsets,
    vehicleIdBytes,
    vehicleType: Int32Array.from(rows, ({ vehicleType }) => codes.get(vehicleType)!),
    vehicleTypes,
    eventTime: Float64Array.from(rows, (row) => row.eventTime),
    longitude: Float64Array.from(rows, (row) => row.longitude),
    latitude: Float64Array.from(rows, (row) => row.latitude),
    speed: Float32Array.from(rows, (row) => row.speed),
    heading: Float32Array.from(rows, (row) => row.heading),
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const rowsOfPositions = (rows: Positions): PositionRow[] =>
  Array.from({ length: rows.length }, (_, i) => ({
    vehicleId: decoder.decode(rows.vehicleIdBytes.subarray(rows.vehicleIdOffsets[i], rows.vehicleIdOffsets[i + 1])),
    vehicleType: rows.vehicleTypes[rows.vehicleType[i]],
    eventTime: rows.eventTime[i],
    longitude: rows.longitude[i],
    latitude: rows.latitude[i],
    speed: rows.speed[i],
    heading: rows.heading[i],
  }))
