import type { Column } from '../columns.ts'
import { makePositionArrays, type Positions, SENT_COLUMNS } from './positions.ts'

type NumberColumn = Exclude<Column, { readonly kind: 'id' | 'label' }>
type OptionalColumn = Extract<NumberColumn, { readonly isRequired: false }>

/**
 * One position as an object: for input that comes row by row, never for the hot path. Times are ms since the epoch, places degrees; a value that
 * is not known is NaN, or missing.
 */
export type PositionRow = { readonly vehicleId: string; readonly vehicleType: string } & {
  readonly [C in Exclude<NumberColumn, OptionalColumn> as C['key']]: number
} & { readonly [C in OptionalColumn as C['key']]?: number }

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
  const numbersOf = (key: NumberColumn['key']): number[] => rows.map((row) => row[key] ?? NaN)
  const arrays = makePositionArrays((key, kind) => {
    if (key === 'vehicleType') return Int32Array.from(rows, ({ vehicleType }) => codes.get(vehicleType)!)
    return kind === 'float' ? Float32Array.from(numbersOf(key)) : Float64Array.from(numbersOf(key))
  })
  return { length: rows.length, vehicleIdOffsets, vehicleIdBytes, vehicleTypes, ...arrays }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const rowsOfPositions = (rows: Positions): Required<PositionRow>[] =>
  Array.from({ length: rows.length }, (_, i) => ({
    vehicleId: decoder.decode(rows.vehicleIdBytes.subarray(rows.vehicleIdOffsets[i], rows.vehicleIdOffsets[i + 1])),
    ...(Object.fromEntries(
      SENT_COLUMNS.map(({ key }) => [key, key === 'vehicleType' ? rows.vehicleTypes[rows[key][i]] : rows[key][i]]),
    ) as unknown as Omit<Required<PositionRow>, 'vehicleId'>),
  }))
