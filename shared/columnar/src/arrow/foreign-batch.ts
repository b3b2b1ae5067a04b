import { FleetError } from '@fleetlake/core'
import { damaged } from './damaged.ts'
import { type FlatTable, rootTable } from './flat-table.ts'

/** The messages of an Arrow IPC stream that anybody may have written, and the parts of their batches: each is checked as it is asked for. */
export interface Part {
  readonly message: FlatTable
  readonly from: number
  readonly to: number
}

/** The messages of a stream, and where the body of each is. */
export function* partsOf(payload: Uint8Array): Generator<Part> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  let at = 0
  while (at + 8 <= payload.length) {
    if (view.getUint32(at, true) !== 0xffffffff) throw damaged('a message does not start with the continuation marker')
    const metadataBytes = view.getInt32(at + 4, true)
    if (metadataBytes === 0) return
    const from = at + 8 + metadataBytes
    if (metadataBytes < 0 || from > payload.length) throw damaged('a message reaches beyond the end')
    const message = rootTable(payload.subarray(at + 8, from))
    const to = from + Number(message.int64(3))
    if (to < from || to > payload.length) throw damaged('a body reaches beyond the end')
    yield { message, from, to }
    at = to
  }
}

/** How many values a column has, and how many of them are null. */
export interface BatchNode {
  readonly length: number
  readonly nulls: number
}

/** A record batch, or the values of a dictionary. */
export interface Batch {
  readonly count: number
  /** Of a column, or of one within another: how long the bytes say that it is, which nothing else confirms. */
  node(node: number): BatchNode
  /** @throws FleetError unless it has all rows of the batch */
  nullCount(node: number): number
  /** Where a buffer is in the stream; it holds `leastBytes` at least. */
  buffer(index: number, leastBytes: number): readonly [from: number, to: number]
  /** How many buffers the `n`th column of views has beside those that all have. */
  viewBuffers(n: number): number
}

export const batchOf = (header: FlatTable | undefined, { from, to }: Part): Batch => {
  if (header === undefined) throw damaged('a batch is empty')
  if (header.has(3)) throw new FleetError('arrow.invalid', 'the Arrow batch is compressed: send it without compression')
  const count = Number(header.int64(0))
  if (count < 0 || count > to - from) throw damaged('it counts more rows than it holds bytes')
  const [nodes, buffers, viewCounts] = [header.vector(1, 16), header.vector(2, 16), header.vector(4, 8)]
  const nodeAt = (node: number): BatchNode => {
    if (node >= nodes.length) throw damaged(`column ${node} is missing`)
    const [length, nulls] = [Number(nodes.int64(2 * node)), Number(nodes.int64(2 * node + 1))]
    if (length < 0 || nulls < 0 || nulls > length) throw damaged(`column ${node} has another number of rows`)
    return { length, nulls }
  }
  return {
    count,
    node: nodeAt,
    nullCount: (node) => {
      const { length, nulls } = nodeAt(node)
      if (length !== count) throw damaged(`column ${node} has another number of rows`)
      return nulls
    },
    buffer: (index, leastBytes) => {
      if (index >= buffers.length) throw damaged(`buffer ${index} is missing`)
      const [offset, bytes] = [Number(buffers.int64(2 * index)), Number(buffers.int64(2 * index + 1))]
      if (offset < 0 || bytes < leastBytes || from + offset + bytes > to) throw damaged(`buffer ${index} does not fit`)
      return [from + offset, from + offset + bytes]
    },
    viewBuffers: (n) => {
      const more = Number(viewCounts.int64(n))
      if (more < 0 || more > buffers.length) throw damaged('a column of views has too many buffers')
      return more
    },
  }
}

/** Where a column is in every batch. */
export interface ColumnPlace {
  /** Its number among the nodes, and of its first buffer among the buffers but for those of views. */
  readonly node: number
  readonly buffer: number
  /** Columns of views before it: each has as many buffers more as the batch says. */
  readonly viewsBefore: number
}

/** Where the buffers of a column begin. */
export const firstBuffer = (batch: Batch, { buffer, viewsBefore }: ColumnPlace): number => {
  let first = buffer
  for (let n = 0; n < viewsBefore; n++) first += batch.viewBuffers(n)
  return first
}
