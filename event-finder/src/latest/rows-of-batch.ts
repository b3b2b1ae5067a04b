import {
  createTextList,
  type MeasureColumn,
  REVISION,
  type Rows,
  rowsOfArrays,
  type TextBytes,
  type Texts,
} from '@fleetlake/columnar'
import { type Batch, latestColumns } from '@fleetlake/projections'
import { VEHICLE_KEY } from './latest-question.ts'

const textsOf = ({ count, at }: TextBytes): Texts => {
  const list = createTextList()
  for (let number = 0; number < count; number++) {
    const bytes = at(number)
    list.add(bytes, 0, bytes.length)
  }
  return list.texts()
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const stringsOf = ({ count, at }: TextBytes): string[] => Array.from({ length: count }, (_, i) => decoder.decode(at(i)))

/** The rows of the table `latest` of one key column, as rows of positions with their keys. */
export const rowsOfBatch = (batch: Batch, by: string): Rows => {
  const columns = latestColumns(batch)
  const isBy = stringsOf(columns.bys).map((name) => name === by)
  const rows: number[] = []
  for (let row = 0; row < batch.length; row++) if (isBy[columns.by[row]]) rows.push(row)

  const pick = <Values extends Float64Array | Int32Array | Float32Array>(from: Values, to: Values): Values => {
    for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]]
    return to
  }
  const { length } = rows
  const measures: MeasureColumn[] = [
    { spec: { name: REVISION, type: 'long' }, values: pick(columns.revision, new Float64Array(length)) },
  ]
  if (by !== VEHICLE_KEY) {
    const codes = pick(columns.key, new Int32Array(length))
    measures.push({ spec: { name: by, type: 'string' }, codes, texts: textsOf(columns.keys) })
  }
  return rowsOfArrays({
    length,
    vehicleIds: textsOf(columns.vehicleIds),
    vehicle: pick(columns.vehicle, new Int32Array(length)),
    vehicleTypes: stringsOf(columns.vehicleTypes),
    vehicleType: pick(columns.vehicleType, new Int32Array(length)),
    eventTime: pick(columns.eventTime, new Float64Array(length)),
    longitude: pick(columns.longitude, new Int32Array(length)),
    latitude: pick(columns.latitude, new Int32Array(length)),
    speed: pick(columns.speed, new Float32Array(length)),
    heading: pick(columns.heading, new Float32Array(length)),
    measures,
  })
}
