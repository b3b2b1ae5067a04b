import { FleetError, type Reused } from '@fleetlake/core'
import type { Batch, FlatTable } from '@fleetlake/columnar/arrow/parts'
import { unpackBytes } from '@fleetlake/columnar/parquet/parts'
import type { RandomFile } from '../random-file.ts'
import { unpackLz4Frame } from './lz4-frame.ts'

/** A record batch, or the values of a dictionary, whose buffers are read piece by piece. */
export interface BatchReader {
  readonly rows: number
  /** What its buffers take in the file. */
  readonly bytes: number
  /** How many it has. */
  readonly buffers: number
  readonly node: Batch['node']
  readonly viewBuffers: Batch['viewBuffers']
  /** Bytes of a buffer, unpacked. */
  size(index: number): Promise<number>
  /**
   * Bytes of a buffer.
   * @param room gives the bytes that are filled; they are the caller's own when missing
   * @throws RangeError for those that it does not have
   */
  read(index: number, from: number, to: number, room?: Reused<Uint8Array>): Promise<Uint8Array>
}

/** Packed buffers are unpacked as a whole, and so held. */
const MOST_UNPACKED_BYTES = 512 * 1024 * 1024
const SIZE_BYTES = 8

const tooMuch = (): FleetError =>
  new FleetError(
    'import.invalid',
    `it has a packed record batch of more than ${MOST_UNPACKED_BYTES} bytes: write batches of fewer rows, or leave them unpacked`,
  )

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array

const UNPACKERS: readonly Unpack[] = [unpackLz4Frame, (bytes, size) => unpackBytes('zstd', bytes, size)]

/**
 * @param body where the body of the message is in the file
 * @throws RangeError for damaged bytes, FleetError `import.invalid` for packings that are not known
 */
export const createBatchReader = (
  header: FlatTable,
  body: { readonly from: number; readonly to: number },
  file: RandomFile,
): BatchReader => {
  const rows = Number(header.int64(0))
  if (!Number.isSafeInteger(rows) || rows < 0) throw new RangeError('it has a record batch without its number of rows')
  const [nodes, buffers, viewCounts] = [header.vector(1, 16), header.vector(2, 16), header.vector(4, 8)]
  const compression = header.table(3)
  const unpack = compression === undefined ? undefined : UNPACKERS[compression.int8(0)]
  if (compression !== undefined && unpack === undefined)
    throw new FleetError('import.invalid', 'it is packed in a way that is not known: write it with zstd')
  const unpacked = new Map<number, Uint8Array>()
  let held = 0

  const placeOf = (index: number): { readonly from: number; readonly to: number } => {
    if (index >= buffers.length) throw new RangeError('it has a column without its buffers')
    const [offset, length] = [Number(buffers.int64(2 * index)), Number(buffers.int64(2 * index + 1))]
    const from = body.from + offset
    const to = from + length
    if (!(offset >= 0 && length >= 0 && to <= body.to)) throw new RangeError('it has a buffer beyond its record batch')
    return { from, to }
  }
  const unpackedOf = async (index: number): Promise<Uint8Array> => {
    const known = unpacked.get(index)
    if (known !== undefined) return known
    const { from, to } = placeOf(index)
    if (to - from > MOST_UNPACKED_BYTES) throw tooMuch()
    const bytes = await file.read(from, to)
    // An empty buffer may be without its size.
    const size =
      bytes.length < SIZE_BYTES ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true))
    const packed = bytes.subarray(SIZE_BYTES)
    held += size < 0 ? packed.length : size
    if (held > MOST_UNPACKED_BYTES) throw tooMuch()
    // One that would not become smaller is left as it is.
    const values = size < 0 ? packed : size === 0 ? new Uint8Array(0) : unpack!(packed, size)
    if (size >= 0 && values.length !== size) throw new RangeError('it has a buffer that unpacks to another size')
    unpacked.set(index, values)
    return values
  }

  return {
    rows,
    bytes: body.to - body.from,
    buffers: buffers.length,
    node: (node) => {
      if (node >= nodes.length) throw new RangeError('it has a record batch with fewer columns than its schema')
      const [length, nulls] = [Number(nodes.int64(2 * node)), Number(nodes.int64(2 * node + 1))]
      if (!(length >= 0 && nulls >= 0 && nulls <= length))
        throw new RangeError('it has a column of a length that can not be')
      return { length, nulls }
    },
    viewBuffers: (n) => {
      const count = Number(viewCounts.int64(n))
      if (!(count >= 0 && count <= buffers.length))
        throw new RangeError('it has a column of views with too many buffers')
      return count
    },
    size: async (index) => {
      if (unpack !== undefined) return (await unpackedOf(index)).length
      const { from, to } = placeOf(index)
      return to - from
    },
    read: async (index, from, to, room) => {
      if (unpack !== undefined) {
        const bytes = await unpackedOf(index)
        if (!(from >= 0 && to >= from && to <= bytes.length))
          throw new RangeError('it has a buffer that ends too early')
        const copy = room?.(to - from) ?? new Uint8Array(to - from)
        copy.set(bytes.subarray(from, to))
        return copy
      }
      const place = placeOf(index)
      if (!(from >= 0 && to >= from && place.from + to <= place.to))
        throw new RangeError('it has a buffer that ends too early')
      return file.read(place.from + from, place.from + to, room)
    },
  }
}
