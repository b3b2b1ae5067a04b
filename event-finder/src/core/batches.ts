import type { Positions } from '@fleetlake/core'
import type { ScannedRows } from './select.ts'

const distinctCodes = (
  codes: Uint32Array,
  selected: Uint32Array,
): { codeOf: Map<number, number>; mapped: Int32Array } => {
  const codeOf = new Map<number, number>()
  const mapped = new Int32Array(selected.length)
  for (let i = 0; i < selected.length; i++) {
    const code = codes[selected[i]]
    let index = codeOf.get(code)
    if (index === undefined) codeOf.set(code, (index = codeOf.size))
    mapped[i] = index
  }
  return { codeOf, mapped }
}

/** Selected rows as a batch that can be sent. */
export const batchOf = (rows: ScannedRows, selected: Uint32Array): Positions => {
  const { length } = selected
  const vehicleIdOffsets = new Int32Array(length + 1)
  const ids: Uint8Array[] = Array.from({ length })
  for (let i = 0; i < length; i++) {
    const id = rows.vehicleIds.get(rows.vehicle[selected[i]])!
    ids[i] = id
    vehicleIdOffsets[i + 1] = vehicleIdOffsets[i] + id.length
  }
  const vehicleIdBytes = new Uint8Array(vehicleIdOffsets[length])
  for (let i = 0; i < length; i++) vehicleIdBytes.set(ids[i], vehicleIdOffsets[i])
  const types = distinctCodes(rows.vehicleType, selected)
  const eventTime = new Float64Array(length)
  const longitude = new Float64Array(length)
  const latitude = new Float64Array(length)
  const speed = new Float32Array(length)
  const heading = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    const row = selected[i]
    eventTime[i] = rows.eventTime[row]
    longitude[i] = rows.longitude[row]
    latitude[i] = rows.latitude[row]
    speed[i] = rows.speed[row]
    heading[i] = rows.heading[row]
  }
  return {
    length,
    vehicleIdOffsets,
    vehicleIdBytes,
    vehicleType: types.mapped,
    vehicleTypes: [...types.codeOf.keys()].map((code) => rows.vehicleTypes.get(code)!),
    eventTime,
    longitude,
    latitude,
    speed,
    heading,
  }
}

/** Ids so long that a batch of the usual rows would not fit into a message make smaller batches. */
const MAX_ID_BYTES = 256 * 1024

/** Selected rows in batches of at most `batchRows`, in their order. The same rows give the same batches. */
export function* batchesOf(rows: ScannedRows, selected: Uint32Array, batchRows: number): Generator<Positions> {
  let from = 0
  let idBytes = 0
  for (let i = 0; i < selected.length; i++) {
    const bytes = rows.vehicleIds.get(rows.vehicle[selected[i]])!.length
    if (i > from && (i - from === batchRows || idBytes + bytes > MAX_ID_BYTES)) {
      yield batchOf(rows, selected.subarray(from, i))
      from = i
      idBytes = 0
    }
    idBytes += bytes
  }
  if (from < selected.length) yield batchOf(rows, selected.subarray(from))
}
