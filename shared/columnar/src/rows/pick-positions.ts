import { gatherMeasures } from './measure-columns.ts'
import { newPositionArrays, type Positions, SENT_COLUMNS } from './positions.ts'

/**
 * Some rows of a batch, as a batch of their own. Invariant: it has nothing of the rows that are left out, not the names of their types either.
 * @param order the rows' places
 */
export const pickPositions = (from: Positions, order: Uint32Array): Positions => {
  const arrays = newPositionArrays(order.length)
  for (const { key } of SENT_COLUMNS) {
    const [values, picked] = [from[key], arrays[key]]
    for (let i = 0; i < order.length; i++) picked[i] = values[order[i]]
  }
  return {
    ...arrays,
    ...pickIds(from, order),
    vehicleTypes: renumberTypes(arrays.vehicleType, from.vehicleTypes),
    measures: gatherMeasures(from.measures, order),
    length: order.length,
  }
}

const pickIds = (
  { vehicleIdOffsets: offsets, vehicleIdBytes: bytes }: Positions,
  order: Uint32Array,
): Pick<Positions, 'vehicleIdOffsets' | 'vehicleIdBytes'> => {
  const vehicleIdOffsets = new Int32Array(order.length + 1)
  for (let i = 0; i < order.length; i++)
    vehicleIdOffsets[i + 1] = vehicleIdOffsets[i] + offsets[order[i] + 1] - offsets[order[i]]
  const vehicleIdBytes = new Uint8Array(vehicleIdOffsets[order.length])
  for (let i = 0; i < order.length; i++)
    vehicleIdBytes.set(bytes.subarray(offsets[order[i]], offsets[order[i] + 1]), vehicleIdOffsets[i])
  return { vehicleIdOffsets, vehicleIdBytes }
}

/** Numbers the types that are there from 0, in place. @returns their names */
const renumberTypes = (codes: Int32Array, names: readonly string[]): string[] => {
  const kept: string[] = []
  const numbers = new Map<number, number>()
  for (let i = 0; i < codes.length; i++) {
    let number = numbers.get(codes[i])
    if (number === undefined) {
      number = kept.push(names[codes[i]]) - 1
      numbers.set(codes[i], number)
    }
    codes[i] = number
  }
  return kept
}
