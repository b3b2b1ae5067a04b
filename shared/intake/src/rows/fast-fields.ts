import type { Field } from '../formats/block.ts'
import { readInstantBytes, readWallClockBytes } from '../values/instant-bytes.ts'
import { readNumberBytes } from '../values/number-bytes.ts'

/** A number of a row; NaN where there is none or it needs the slower way. */
export type ReadNumber = (row: number) => number

const NEVER: ReadNumber = () => NaN

/** Plain numbers of a field, times `factor`. */
export const numbersOf = (field: Field | undefined, factor = 1): ReadNumber => {
  switch (field?.kind) {
    case 'number': {
      const { values } = field
      return factor === 1 ? (row) => values[row] : (row) => values[row] * factor
    }
    case 'text': {
      const { bytes, starts, ends } = field
      return factor === 1
        ? (row) => readNumberBytes(bytes, starts[row], ends[row])
        : (row) => readNumberBytes(bytes, starts[row], ends[row]) * factor
    }
    case 'value': {
      const { values } = field
      return (row) => {
        const value = values[row]
        return typeof value === 'number' ? value * factor : NaN
      }
    }
    default:
      return NEVER
  }
}

/** Instants that a field has, whole ms since the epoch. */
export const instantsOf = (field: Field | undefined): ReadNumber => {
  if (field?.kind !== 'instant' && field?.kind !== 'number') return NEVER
  const { values } = field
  return (row) => Math.floor(values[row])
}

/**
 * Instants of a field's ISO texts.
 * @param toUtc the instant of what a wall clock shows, for times without an offset; undefined where they have one or can't be read
 */
export const isoInstantsOf = (
  field: Field | undefined,
  toUtc: ((wallMs: number) => number | undefined) | undefined,
): ReadNumber => {
  if (field?.kind !== 'text') return NEVER
  const { bytes, starts, ends } = field
  if (toUtc === undefined) return (row) => readInstantBytes(bytes, starts[row], ends[row], NaN)
  return (row) => {
    const wallMs = readWallClockBytes(bytes, starts[row], ends[row])
    return wallMs === wallMs ? (toUtc(wallMs) ?? NaN) : readInstantBytes(bytes, starts[row], ends[row], NaN)
  }
}

/** Whether a row has nothing there. */
export const absenceOf = (field: Field | undefined): ((row: number) => boolean) => {
  switch (field?.kind) {
    case undefined:
      return () => true
    case 'text': {
      const { starts, ends } = field
      return (row) => starts[row] < 0 || starts[row] === ends[row]
    }
    case 'number':
    case 'instant': {
      const { values } = field
      return (row) => Number.isNaN(values[row])
    }
    case 'value': {
      const { values } = field
      return (row) => values[row] === undefined || values[row] === null
    }
  }
}
