import {
  ATTRIBUTES,
  ATTRIBUTES_MEASURE,
  COLUMN_NAMES,
  isMeasureName,
  jsonOfValue,
  MAX_MEASURES,
  type MeasureColumn,
  measureOfName,
  measureOfValues,
  type Member,
  mergeAttributes,
  ownAttributesOf,
  type Positions,
  positionsOfRows,
} from '@fleetlake/columnar'
import { parseExactJson } from '@fleetlake/core'
import { jsonMove } from './messages.ts'

/**
 * The one position of a `move` of content type `application/json`, with everything that it says: further members are measures, and what can't be one is in its attributes.
 * @throws what is wrong with a malformed payload
 */
export const decodeJsonMove = (payload: Uint8Array): Positions => {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
  const object: unknown = JSON.parse(text)
  const row = jsonMove.parse(object)
  const position = positionsOfRows([
    {
      vehicleId: row.vehicle_id,
      vehicleType: row.vehicle_type,
      eventTime: Date.parse(row.event_time),
      longitude: row.longitude,
      latitude: row.latitude,
      speed: row.speed ?? NaN,
      heading: row.heading ?? NaN,
    },
  ])
  return { ...position, measures: measuresOf(object as Said, parseExactJson(text) as Said) }
}

type Said = Readonly<Record<string, unknown>>

/** @param exact the same with texts in place of the numbers that a double does not hold, which no measure can be */
const measuresOf = (object: Said, exact: Said): MeasureColumn[] => {
  const measures: MeasureColumn[] = []
  const members: Member[] = []
  let own: string | undefined
  let count = 0
  for (const [name, value] of Object.entries(exact)) {
    if (value === null || (COLUMN_NAMES as readonly string[]).includes(name)) continue
    if (++count > MAX_MEASURES) throw new Error(`it has more than ${MAX_MEASURES} members beside those of a position`)
    if (name === ATTRIBUTES && ((typeof object[name] === 'string' && object[name].isWellFormed()) || isObject(value))) {
      own = typeof value === 'string' ? value : JSON.stringify(value)
    } else if (isMeasureName(name) && name !== ATTRIBUTES && isScalar(value) && typeof value === typeof object[name]) {
      measures.push(measureOfValues(measureOfName(name, value), [value]))
    } else {
      members.push([name, isScalar(value) ? jsonOfValue(value) : JSON.stringify(value)])
    }
  }
  if (own === undefined && members.length === 0) return measures
  const attributes =
    members.length === 0 ? own! : mergeAttributes(own === undefined ? undefined : ownAttributesOf(own), members)
  return [...measures, measureOfValues(ATTRIBUTES_MEASURE, [attributes])]
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value that a measure can have. A text with half a character has no UTF-8; as JSON it is kept. */
const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' ? value.isWellFormed() : typeof value === 'number' || typeof value === 'boolean'
