import type { Positions } from '@fleetlake/core'

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

/** One row as text: the id and the type as the format writes texts, the speed and the heading as it writes none. */
type WriteRow = (
  id: string,
  type: string,
  time: string,
  longitude: number,
  latitude: number,
  speed: string,
  heading: string,
) => string

interface Writing {
  readonly text: (value: string) => string
  /** Of a value that is not known. */
  readonly none: string
  readonly row: WriteRow
}

/** Texts are written once for each run of equal ones: a batch has few types, and its rows come by vehicle. */
const writeRows = (batch: Positions, { text, none, row }: Writing): string => {
  const { length, vehicleIdOffsets: at, vehicleIdBytes: bytes, vehicleType, vehicleTypes, eventTime } = batch
  const types = vehicleTypes.map(text)
  let id = ''
  let written = ''
  for (let i = 0; i < length; i++) {
    if (i === 0 || !isAsBefore(at, bytes, i)) id = text(utf8.decode(bytes.subarray(at[i], at[i + 1])))
    written += row(
      id,
      types[vehicleType[i]],
      new Date(eventTime[i]).toISOString(),
      batch.longitude[i],
      batch.latitude[i],
      float32(batch.speed[i]) ?? none,
      float32(batch.heading[i]) ?? none,
    )
  }
  return written
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const isAsBefore = (at: Int32Array, bytes: Uint8Array, i: number): boolean => {
  const size = at[i + 1] - at[i]
  if (at[i] - at[i - 1] !== size) return false
  for (let k = size - 1; k >= 0; k--) if (bytes[at[i] + k] !== bytes[at[i - 1] + k]) return false
  return true
}

/** The shortest decimal number that is this float32; undefined for none. */
const float32 = (value: number): string | undefined => {
  if (Number.isNaN(value)) return undefined
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

const ndjson = (): RowFormat => ({
  head: () => '',
  rows: (batch) => writeRows(batch, { text: JSON.stringify, none: 'null', row: ndjsonRow }),
  tail: () => '',
})

const ndjsonRow: WriteRow = (id, type, time, longitude, latitude, speed, heading) =>
  `{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}","longitude":${longitude},"latitude":${latitude},"speed":${speed},"heading":${heading}}\n`

/** RFC 4180, with line feeds. */
const csv = (): RowFormat => ({
  head: () => `${COLUMNS.join(',')}\n`,
  rows: (batch) => writeRows(batch, { text: csvText, none: '', row: csvRow }),
  tail: () => '',
})

const csvText = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

const csvRow: WriteRow = (id, type, time, longitude, latitude, speed, heading) =>
  `${id},${type},${time},${longitude},${latitude},${speed},${heading}\n`

/** A FeatureCollection of points; the member `status` says how the answer ended. */
const geojson = (): RowFormat => {
  let isFirst = true
  const row: WriteRow = (id, type, time, longitude, latitude, speed, heading) => {
    const separator = isFirst ? '\n' : ',\n'
    isFirst = false
    return `${separator}{"type":"Feature","geometry":{"type":"Point","coordinates":[${longitude},${latitude}]},"properties":{"vehicle_id":${id},"vehicle_type":${type},"event_time":"${time}","speed":${speed},"heading":${heading}}}`
  }
  return {
    head: () => '{"type":"FeatureCollection","features":[',
    rows: (batch) => writeRows(batch, { text: JSON.stringify, none: 'null', row }),
    tail: (status) => `\n],"status":${JSON.stringify(status)}}\n`,
  }
}

export const createFormat = (name: FormatName): RowFormat => ({ ndjson, csv, geojson })[name]()
