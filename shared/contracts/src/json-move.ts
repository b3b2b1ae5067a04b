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
import { kindOf, readJsonPosition } from './read-json-position.ts'

/**
 * The one position of a `move` of content type `application/json`, with everything that it says: further members are measures, and what can't be one is in its attributes.
 * @throws what is wrong with a malformed payload
 */
export const decodeJsonMove = (payload: Uint8Array): Positions => {
  const text = textOf(payload)
  const object = objectOf(text)
  const position = positionsOfRows([readJsonPosition(object, text)])
  return { ...position, measures: measuresOf(object, parseExactJson(text) as Said) }
}

type Said = Readonly<Record<string, unknown>>

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textOf = (payload: Uint8Array): string => {
  if (payload.length === 0) throw new Error('the message is empty')
  try {
    return utf8.decode(payload)
  } catch {
    throw new Error('it is not UTF-8')
  }
}

const objectOf = (text: string): Said => {
  const value: unknown = JSON.parse(text)
  if (isObject(value)) return value as Said
  throw new Error(`it is ${kindOf(value)}, where an object with the members of one position is needed`)
}

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
