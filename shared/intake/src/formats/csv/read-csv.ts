import { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { createBlockCutter } from './cut-blocks.ts'
import { hasPolylines } from '../json/expand-polyline.ts'
import { expandTrips } from './expand-trips.ts'
import { findDialect } from './find-dialect.ts'

const HEAD_BYTES = 64 * 1024
const LF = 0x0a
const CR = 0x0d

/** The first bytes of an input. */
export const headOf = async (input: Input, from: number, signal: AbortSignal): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of input.read(from, signal)) {
    parts.push(chunk)
    length += chunk.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES)
}

/** Texts of delimited cells: CSV, TSV and their kin. */
export const CSV: Format = {
  name: 'csv',
  title: 'CSV',
  counts: 'line',
  hasMeaning: false,
  sniff: (head, name) => {
    if (head.includes(0)) return 0
    if (/\.(csv|tsv|tab)$/i.test(name)) return 1
    return findDialect(head, {}) === undefined ? 0 : 1
  },
  read: readCsv,
}

async function* readCsv(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { from, signal, blockBytes } = options
  const head = await headOf(input, 0, signal)
  if (head.length === 0) return
  const dialect = findDialect(head, options)
  if (dialect === undefined)
    throw new FleetError(
      'import.invalid',
      `${input.name}: its first lines are not delimited text with a position in each: give --delimiter, --skip-lines or --from`,
    )
  const isMac = !head.includes(LF) && head.includes(CR)
  const start: Cursor = from.at >= dialect.bytes ? from : { at: dialect.bytes, place: dialect.line }
  const cutter = createBlockCutter(dialect, { start, blockBytes })
  const hasTrips = hasPolylines(dialect.names)
  const rowsOf = (blocks: Iterable<Block>): Iterable<Block> =>
    hasTrips ? Iterator.from(blocks).map(expandTrips) : blocks
  for await (const chunk of input.read(start.at, signal)) {
    cutter.add(isMac ? chunk.map((byte) => (byte === CR ? LF : byte)) : chunk)
    yield* rowsOf(cutter.blocks(false))
  }
  yield* rowsOf(cutter.blocks(true))
}
