import type { Positions } from '@fleetlake/columnar'

/** Joins the batches of an answer, which are small, into blocks of one size, in their order. */
export interface RowGatherer {
  /** Copies the rows `[from, to)` of a batch, all by default; blocks that became full. */
  add(rows: Positions, from?: number, to?: number): Positions[]
  /** The rows that are left; undefined when there are none. */
  rest(): Positions | undefined
}

const FIRST_ID_BYTES = 1 << 16

export const createRowGatherer = ({ blockRows }: { readonly blockRows: number }): RowGatherer => {
  let block = createBlock(blockRows)
  return {
    add: (rows, from = 0, to = rows.length) => {
      const full: Positions[] = []
      for (let next = from; next < to;) {
        next = block.append(rows, next, to)
        if (block.length() < blockRows) continue
        full.push(block.positions())
        block = createBlock(blockRows)
      }
      return full
    },
    rest: () => (block.length() === 0 ? undefined : block.positions()),
  }
}

interface Block {
  /** Copies rows of `[from, end)` until it is full. @returns the first row that is not in it */
  append(rows: Positions, from: number, end: number): number
  length(): number
  positions(): Positions
}

const createBlock = (maxRows: number): Block => {
  const vehicleIdOffsets = new Int32Array(maxRows + 1)
  let vehicleIdBytes = new Uint8Array(FIRST_ID_BYTES)
  const vehicleType = new Int32Array(maxRows)
  const codes = new Map<string, number>()
  const eventTime = new Float64Array(maxRows)
  const longitude = new Float64Array(maxRows)
  const latitude = new Float64Array(maxRows)
  const speed = new Float32Array(maxRows)
  const heading = new Float32Array(maxRows)
  let length = 0

  const codeOf = (type: string): number => {
    const code = codes.get(type) ?? codes.size
    codes.set(type, code)
    return code
  }

  const appendIds = ({ vehicleIdOffsets: at, vehicleIdBytes: bytes }: Positions, from: number, to: number): void => {
    const used = vehicleIdOffsets[length]
    const needed = used + at[to] - at[from]
    if (needed > vehicleIdBytes.length) {
      const larger = new Uint8Array(Math.max(needed, vehicleIdBytes.length * 2))
      larger.set(vehicleIdBytes.subarray(0, used))
      vehicleIdBytes = larger
    }
    vehicleIdBytes.set(bytes.subarray(at[from], at[to]), used)
    for (let row = from; row < to; row++) vehicleIdOffsets[length + row - from + 1] = used + at[row + 1] - at[from]
  }

  return {
    append: (rows, from, end) => {
      const to = Math.min(end, from + maxRows - length)
      appendIds(rows, from, to)
      const known = rows.vehicleTypes.map(codeOf)
      for (let row = from; row < to; row++) vehicleType[length + row - from] = known[rows.vehicleType[row]]
      eventTime.set(rows.eventTime.subarray(from, to), length)
      longitude.set(rows.longitude.subarray(from, to), length)
      latitude.set(rows.latitude.subarray(from, to), length)
      speed.set(rows.speed.subarray(from, to), length)
      heading.set(rows.heading.subarray(from, to), length)
      length += to - from
      return to
    },
    length: () => length,
    positions: () => ({
      length,
      vehicleIdOffsets: vehicleIdOffsets.subarray(0, length + 1),
      vehicleIdBytes: vehicleIdBytes.subarray(0, vehicleIdOffsets[length]),
      vehicleType: vehicleType.subarray(0, length),
      vehicleTypes: [...codes.keys()],
      eventTime: eventTime.subarray(0, length),
      longitude: longitude.subarray(0, length),
      latitude: latitude.subarray(0, length),
      speed: speed.subarray(0, length),
      heading: heading.subarray(0, length),
    }),
  }
}
