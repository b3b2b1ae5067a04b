import { inspect, isDeepStrictEqual } from 'node:util'
import { CONTENT_TYPES, decodeMove } from '@fleetlake/contracts'
import {
  decodeForeignPositions,
  decodePositions,
  decodeReasons,
  fitMeasures,
  isTextMeasure,
  type MeasureColumn,
  type MeasureSpec,
  type PositionRow,
  rowsOfPositions,
  judgeRows,
  type Positions,
} from '@fleetlake/columnar'
import { FleetError, MAX_TEXT_BYTES } from '@fleetlake/core'
import { arrowLayouts, SAMPLE } from './arrow-layouts.ts'
import { ACCEPTED, type FuzzTarget } from './target.ts'

const fail = (what: string): never => {
  throw new Error(what)
}

const COLUMNS_OF_TABLE: readonly MeasureSpec[] = [
  { name: 'temperature', type: 'double' },
  { name: 'flag', type: 'boolean' },
  { name: 'note', type: 'int' },
]

/** The measures of rows are within their limits, and so is what a table keeps of them. */
const checkMeasures = (rows: Positions, payload: Uint8Array): void => {
  const { length, measures } = rows
  if (measures.length * length > 4 * Math.max(payload.length, 64)) fail(`${measures.length} measures of ${length} rows`)
  const check = (column: MeasureColumn): void => {
    if (!isTextMeasure(column)) {
      if (column.values.length < length) fail('a measure is too short')
      return
    }
    const { codes, texts } = column
    for (let i = 0; i < length; i++)
      if (codes[i] < -1 || codes[i] >= texts.count) fail('a text of a measure is missing')
  }
  for (const column of measures) check(column)
  const { measures: fitted, faults } = fitMeasures(rows, { measures: COLUMNS_OF_TABLE })
  for (const column of fitted) check(column)
  if (faults !== undefined && faults.length !== length) fail('faults of other rows')
}

/** Rows that were read are within their limits, whatever they were read from. */
const checkRows = (rows: Positions, payload: Uint8Array): void => {
  const { length, vehicleIdOffsets, vehicleIdBytes, vehicleType, vehicleTypes } = rows
  if (length * 8 > payload.length) fail(`${length} rows of ${payload.length} bytes`)
  const ids = vehicleIdOffsets[length] - vehicleIdOffsets[0]
  if (ids > Math.max(payload.length, MAX_TEXT_BYTES * length)) fail(`ids of ${ids} bytes in ${length} rows`)
  if (vehicleIdOffsets[0] < 0 || vehicleIdOffsets[length] > vehicleIdBytes.length) fail('an id lies outside')
  for (let i = 0; i < length; i++) {
    if (vehicleIdOffsets[i + 1] < vehicleIdOffsets[i]) fail('ids go backwards')
    if (vehicleTypes[vehicleType[i]] === undefined) fail('a type is missing')
  }
  for (const column of [rows.eventTime, rows.longitude, rows.latitude, rows.speed, rows.heading]) {
    if (column.length < length) fail('a column is too short')
  }
  checkMeasures(rows, payload)
  const { rows: judged, faultAt } = judgeRows(rows, 2e12)
  rowsOfPositions(judged).forEach(({ vehicleId, vehicleType: type }, i) => {
    const isShort = vehicleId.length > 0 && vehicleId.length <= 255 && type.length > 0 && type.length <= 255
    if (faultAt(i) === undefined && !isShort) fail('a row with a bad text was taken')
  })
}

/** Both readers read the same rows, or the stricter one refuses. */
const compareReaders = (fast: Positions, mutant: Uint8Array): void => {
  let slow
  try {
    slow = rowsOfPositions(decodeForeignPositions(mutant))
  } catch (error) {
    if (error instanceof FleetError) return
    throw error
  }
  const rows = rowsOfPositions(fast)
  if (rows.length !== slow.length) fail(`the readers read ${rows.length} and ${slow.length} rows`)
  rows.forEach((row, i) => {
    for (const name of Object.keys(row) as (keyof PositionRow)[]) {
      const [fastly, slowly] = [row[name], slow[i][name]]
      // NaN equals NaN, as it is to.
      if (!isDeepStrictEqual(fastly, slowly))
        fail(`row ${i}: ${name} is read as ${inspect(fastly)} and ${inspect(slowly)}`)
    }
  })
}

const wordsOf = (reason: string): string => reason.replaceAll(/-?\d+/g, '#').slice(0, 120)

const runMove =
  (contentType: string, isOther: (reason: string) => boolean) =>
  (mutant: Uint8Array): string => {
    const { rows, reason } = decodeMove(mutant, contentType)
    if (rows === undefined) return isOther(reason) ? fail(`an unexpected reason: ${reason}`) : wordsOf(reason)
    checkRows(rows, contentType === CONTENT_TYPES.json ? new Uint8Array(8) : mutant)
    return `${ACCEPTED} ${rows.length} rows, ${rows.vehicleTypes.length} types, ${Math.log2(rows.vehicleIdBytes.length + 1) | 0}`
  }

const runArrow = runMove(CONTENT_TYPES.arrow, (reason) => reason.startsWith('the JSON is not a position'))

const reasonsOf = (mutant: Uint8Array): string => {
  try {
    return `${decodeReasons(mutant).length} reasons`
  } catch (error) {
    if (error instanceof FleetError) return 'no reasons'
    throw error
  }
}

const nativeOf = (mutant: Uint8Array): Positions | undefined => {
  try {
    return decodePositions(mutant)
  } catch (error) {
    if (error instanceof FleetError) return undefined
    throw error
  }
}

/** A target for each layout; the mutants of one may take parts from all. */
export const arrowTargets = (): FuzzTarget[] => {
  const layouts = arrowLayouts()
  return layouts.map(({ name, bytes }) => ({
    name,
    seeds: [bytes],
    run: (mutant) => {
      const outcome = runArrow(mutant)
      const native = nativeOf(mutant)
      if (native !== undefined) compareReaders(native, mutant)
      return `${outcome}, ${native === undefined ? 'slow' : 'fast'}, ${reasonsOf(mutant)}`
    },
  }))
}

const utf8 = new TextEncoder()

export const jsonTarget = (): FuzzTarget => ({
  name: 'JSON moves',
  seeds: SAMPLE.slice(0, 6).map((row, i) =>
    utf8.encode(
      JSON.stringify({
        vehicle_id: i === 0 ? 358_899_051_234_567 : row.vehicleId,
        vehicle_type: row.vehicleType,
        event_time: new Date(row.eventTime).toISOString(),
        longitude: row.longitude,
        latitude: row.latitude,
        speed: Number.isNaN(row.speed) ? null : row.speed,
        heading: row.heading,
      }),
    ),
  ),
  tokens: [
    '"',
    '\\u0000',
    '\\ud800',
    '\uFEFF',
    '1e999',
    '-0',
    '[[[[[[[[',
    '{"__proto__":',
    'null',
    '+24:00',
    'é'.repeat(130),
  ].map((t) => utf8.encode(t)),
  run: runMove(CONTENT_TYPES.json, (reason) => !reason.startsWith('the JSON is not a position: ')),
})
