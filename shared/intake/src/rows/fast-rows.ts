import { type Block, type Field, valueOf } from '../formats/block.ts'
import { isAbsent } from '../values/absent.ts'
import { absenceOf, instantsOf, isoInstantsOf, numbersOf, type ReadNumber } from './fast-fields.ts'
import type { InputReading } from './input-reading.ts'

/** The columns of a block's rows, as far as they can be read without looking at more than one plain value each. */
export interface FastRow {
  /** ms since the epoch; NaN where the slower way must be taken, as for all others. */
  readonly time: ReadNumber
  /** Degrees. */
  readonly longitude: ReadNumber
  readonly latitude: ReadNumber
  /** m/s; NaN may also be that the row has none. */
  readonly speed: ReadNumber
  readonly heading: ReadNumber
  readonly hasNoSpeed: (row: number) => boolean
  readonly hasNoHeading: (row: number) => boolean
  /** Undefined where the slower way must be taken. */
  readonly type: (row: number) => string | undefined
  /** The text of the vehicle's id; one that is absent is a range that no `from` begins. */
  readonly idBytes: Uint8Array
  readonly idFrom: ReadNumber
  readonly idTo: ReadNumber
}

const utf8 = new TextEncoder()
const COLUMNS: ReadonlySet<string> = new Set([
  'vehicle_id',
  'vehicle_type',
  'event_time',
  'longitude',
  'latitude',
  'speed',
  'heading',
])

/**
 * The fast way of reading a block. Invariant: what it gives for a row is what the slow way would give, or it gives nothing.
 * @param usualType of rows without a type
 * @returns undefined where the plan needs the slow way for all rows
 */
export const fastRowsOf = (block: Block, reading: InputReading, usualType: string): FastRow | undefined => {
  const { plan, time, speedFactor } = reading
  const isPlain =
    !plan.isTimeInTwo &&
    plan.fields.every(({ name, sources }) => COLUMNS.has(name) && sources.length === 1) &&
    [plan.longitude, plan.latitude].every(({ kind, hemisphere }) => kind === 'degrees' && hemisphere === undefined)
  if (!isPlain || Number.isNaN(speedFactor)) return undefined
  const fieldOf = (column: string): Field | undefined => {
    const source = plan.fields.find(({ name }) => name === column)?.sources[0]
    return source === undefined ? undefined : block.fields[block.names.indexOf(source)]
  }
  const [id, type, at, x, y, speed, heading] = [...COLUMNS].map(fieldOf)
  // Numbers with a decimal comma are texts that need more than a look.
  if (plan.decimal === ',' && [x, y, speed, heading].some((field) => field?.kind === 'text')) return undefined
  const times = timesOf(at, reading)
  if (times === undefined) return undefined
  const ids = idsOf(id, plan.vehicleId)
  if (ids === undefined) return undefined
  return {
    time: times,
    longitude: numbersOf(x),
    latitude: numbersOf(y),
    speed: numbersOf(speed, speedFactor),
    heading: numbersOf(heading),
    hasNoSpeed: absenceOf(speed),
    hasNoHeading: absenceOf(heading),
    type: typesOf(type, plan.vehicleType ?? usualType),
    ...ids,
  }

  function timesOf(field: Field | undefined, { plan: { time: by } }: InputReading): ReadNumber | undefined {
    switch (by.kind) {
      case 'instant':
        return instantsOf(field)
      case 'iso':
        return isoInstantsOf(field, time.clock?.toUtc)
      case 'number': {
        if (by.unit !== 's' && by.unit !== 'ms') return undefined
        const numbers = numbersOf(field)
        const scale = by.unit === 's' ? 1000 : 1
        // Whole numbers only: how fractions are rounded is the slow way's business.
        return (row) => {
          const value = numbers(row)
          return Number.isInteger(value) ? value * scale : NaN
        }
      }
      case 'pattern':
        return undefined
    }
  }
}

type Ids = Pick<FastRow, 'idBytes' | 'idFrom' | 'idTo'>

const idsOf = (field: Field | undefined, ofAll: string | undefined): Ids | undefined => {
  if (ofAll !== undefined) {
    const idBytes = utf8.encode(ofAll)
    return { idBytes, idFrom: () => 0, idTo: () => idBytes.length }
  }
  if (field?.kind !== 'text') return undefined
  const { bytes, starts, ends } = field
  return { idBytes: bytes, idFrom: (row) => starts[row], idTo: (row) => ends[row] }
}

/** Types are few: each distinct text of a block is looked at once. */
const typesOf = (field: Field | undefined, usual: string): FastRow['type'] => {
  if (field === undefined) return () => usual
  if (field.kind !== 'text') return () => undefined
  const { bytes, starts, ends } = field
  let last: string | undefined
  let [from, to] = [-1, -1]
  const isSame = (start: number, end: number): boolean => {
    if (end - start !== to - from) return false
    for (let i = 0; i < end - start; i++) if (bytes[start + i] !== bytes[from + i]) return false
    return true
  }
  return (row) => {
    const [start, end] = [starts[row], ends[row]]
    if (start < 0) return usual
    if (from >= 0 && isSame(start, end)) return last
    const text = valueOf(field, row) as string
    from = start
    to = end
    last = isAbsent(text) ? usual : isPlainType(text) ? text : undefined
    return last
  }
}

/** Short and printable, without blanks around it: exactly what the slow way makes of it. */
const isPlainType = (text: string): boolean => /^[!-~](?:[ -~]{0,60}[!-~])?$/.test(text)
