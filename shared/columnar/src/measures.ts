import { COLUMN_NAMES } from './columns.ts'

/**
 * Measures: nullable columns beside those of every position. A table has any number of them, each a nullable column that is added when it is
 * needed; what they are is in the table's own schema, not here.
 */

/** What a measure's values are, as Delta names the types. */
export const MEASURE_TYPES = ['double', 'float', 'long', 'int', 'string', 'boolean'] as const
export type MeasureType = (typeof MEASURE_TYPES)[number]

export interface MeasureSpec {
  /** In messages, files, exports and queries. */
  readonly name: string
  readonly type: MeasureType
  readonly unit?: string
  readonly description?: string
}

/** A JSON object with the values of a device that have no column. */
export const ATTRIBUTES = 'attributes'
/** Where a report comes from: by it positions that were invented are told from real ones. */
export const SOURCE = 'source'
/** By it a later word of a source on the same report is told from an earlier one. */
export const REVISION = 'revision'

/** Measures that are the same thing wherever they are: their names, types and units are fixed. */
export const WELL_KNOWN_MEASURES: readonly MeasureSpec[] = [
  { name: 'altitude', type: 'double', unit: 'm', description: 'above the WGS84 ellipsoid, or as the device has it' },
  { name: 'accuracy', type: 'double', unit: 'm', description: 'radius within which the position is' },
  { name: 'battery', type: 'double', unit: '%', description: 'charge of the device or vehicle' },
  { name: 'odometer', type: 'double', unit: 'm', description: 'distance driven in all' },
  { name: 'ignition', type: 'boolean', description: 'whether the engine is switched on' },
  { name: 'fuel', type: 'double', unit: '%', description: 'level of the tank' },
  { name: 'temperature', type: 'double', unit: '°C', description: 'of the load, or as the device measures it' },
  { name: 'driver_id', type: 'string', description: 'who drives' },
  { name: 'order_id', type: 'string', description: 'what the vehicle is on its way for' },
  { name: 'state', type: 'string', description: 'what the vehicle does, such as "loading"' },
  { name: SOURCE, type: 'string', description: 'where the report comes from' },
  { name: REVISION, type: 'long', unit: 'µs', description: 'when a correction was received, since 1970' },
  { name: ATTRIBUTES, type: 'string', description: 'a JSON object of what has no column of its own' },
]

export const wellKnownMeasure = (name: string): MeasureSpec | undefined =>
  WELL_KNOWN_MEASURES.find((measure) => measure.name === name)

/** Why a row was refused: the one column of a dead letter that does not come from its sender. */
export const REASON = 'reason'

/** Names that mean something else in the table or in a message: its partitions, and why a row was refused. */
const RESERVED = new Set(['date', 'cell', REASON])
const NAME = /^[a-z][a-z0-9_]{0,62}$/

/** Why a measure can't have a name, for people; undefined when it can. */
export const measureNameFault = (name: string): string | undefined => {
  if (isPositionColumn(name)) return `"${name}" is a column of every position`
  if (RESERVED.has(name)) return `"${name}" is a reserved name`
  if (NAME.test(name)) return undefined
  return `"${name.slice(0, 80)}" is not a name of a measure: use a lower-case letter, then at most 62 letters, digits and underscores`
}

export const isMeasureName = (name: string): boolean => measureNameFault(name) === undefined

/** Whether it is the name of a column of every position. */
export const isPositionColumn = (name: string): boolean => (COLUMN_NAMES as readonly string[]).includes(name)

/**
 * Whether a column of a message is something that its sender says beside, under whatever name: what is not a measure's name ends in `attributes`. A name has 255
 * characters at most.
 */
export const isSaidName = (name: string): boolean =>
  name !== REASON && name.length > 0 && name.length <= 255 && !isPositionColumn(name)

/** Of a measure's unit and description as answers tell them: what is longer is cut. */
export const MAX_UNIT_LENGTH = 40
export const MAX_DESCRIPTION_LENGTH = 250

/** Bytes of a text in UTF-8, at most. */
export const MAX_MEASURE_TEXT_BYTES = 4_096
/** Measures of a batch or a table, at most. */
export const MAX_MEASURES = 256
