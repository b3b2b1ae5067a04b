import { makePositionArrays, type Positions, sliceMeasures } from '@fleetlake/columnar'
import type { FoundRows } from './found-rows.ts'

const utf8 = new TextEncoder()

/** The rows in batches of at most `rowsPerBatch`, in their order. */
export function* foundPositions(found: FoundRows, rowsPerBatch: number): Generator<Positions> {
  let vehicle = 0
  for (let from = 0; from < found.length; from += rowsPerBatch) {
    const to = Math.min(found.length, from + rowsPerBatch)
    while (found.start[vehicle + 1] <= from) vehicle++
    yield batchOf(found, { from, to, vehicle })
  }
}

interface Slice {
  readonly from: number
  readonly to: number
  /** Of the first row. */
  readonly vehicle: number
}

const batchOf = (found: FoundRows, { from, to, vehicle: first }: Slice): Positions => {
  const length = to - from
  const vehicleIdOffsets = new Int32Array(length + 1)
  const vehicleType = new Int32Array(length)
  const ids: { readonly id: Uint8Array; readonly rows: number }[] = []
  let [vehicle, row, bytes] = [first, from, 0]
  while (row < to) {
    const end = Math.min(to, found.start[vehicle + 1])
    const id = utf8.encode(found.ids[vehicle])
    ids.push({ id, rows: end - row })
    for (; row < end; row++) {
      bytes += id.length
      vehicleIdOffsets[row - from + 1] = bytes
      vehicleType[row - from] = found.rowType?.[row] ?? found.type[vehicle]
    }
    vehicle++
  }
  return {
    length,
    vehicleIdOffsets,
    vehicleIdBytes: repeated(ids, bytes),
    vehicleTypes: found.types,
    measures: sliceMeasures(found.measures, from, to),
    ...makePositionArrays((key) => (key === 'vehicleType' ? vehicleType : found[key].subarray(from, to))),
  }
}

const repeated = (ids: readonly { readonly id: Uint8Array; readonly rows: number }[], length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const { id, rows } of ids) {
    for (let i = 0; i < rows; i++, at += id.length) bytes.set(id, at)
  }
  return bytes
}
