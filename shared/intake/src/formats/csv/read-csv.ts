import { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from '../block.ts'
import { firstBytes } from '../first-bytes.ts'
import { hasByte } from '../has-byte.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { createBlockCutter } from './cut-blocks.ts'
import { giveRoom, takeRoom } from './cut-room.ts'
import { isTraccarTable } from '../../fields/known-tables.ts'
import { hasPolylines } from '../json/expand-polyline.ts'
import type { Dialect } from './dialect.ts'
import { expandTrips } from './expand-trips.ts'
import { findDialect, isOfMac, withLineFeeds } from './find-dialect.ts'
import { keepDialect, knownDialect } from './known-dialect.ts'
import { withAddresses } from './unquoted-addresses.ts'

/** Texts of delimited cells: CSV, TSV and their kin. */
export const CSV: Format = {
  name: 'csv',
  title: 'CSV',
  counts: 'line',
  hasMeaning: false,
  sniff: (head, name) => {
    if (hasByte(head, 0)) return 0
    if (/\.(csv|tsv|tab)$/i.test(name)) return 1
    return findDialect(head, {}) === undefined ? 0 : 1
  },
  read: readCsv,
}

async function* readCsv(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { from, signal, blockBytes } = options
  const head = await firstBytes(input, signal)
  if (head.length === 0) return
  const dialect = dialectOf(head, options)
  if (dialect === undefined)
    throw new FleetError(
      'import.invalid',
      `${input.name}: its first lines are not delimited text with a position in each: give --delimiter, --skip-lines or --from`,
    )
  const isMac = isOfMac(head)
  const start: Cursor = from.at >= dialect.bytes ? from : { at: dialect.bytes, place: dialect.line }
  const change = changeOf(dialect)
  const rowsOf = (blocks: Iterable<Block>): Iterable<Block> =>
    change === undefined ? blocks : Iterator.from(blocks).map(change)
  const room = takeRoom()
  try {
    const cutter = createBlockCutter(dialect, { start, blockBytes, room })
    for await (const chunk of input.read(start.at, signal)) {
      cutter.add(isMac ? withLineFeeds(chunk) : chunk)
      yield* rowsOf(cutter.blocks(false))
    }
    yield* rowsOf(cutter.blocks(true))
  } finally {
    giveRoom(room)
  }
}

const dialectOf = (head: Uint8Array, options: ReadOptions): Dialect | undefined => {
  const { delimiter, hasHeader, skipLines } = options
  if (delimiter !== undefined || hasHeader !== undefined || skipLines !== undefined) return findDialect(head, options)
  const known = knownDialect(head)
  if (known !== undefined) return known
  const found = findDialect(head, options)
  if (found !== undefined) keepDialect(head, found)
  return found
}

const utf8 = new TextEncoder()

/** What is made of the blocks of some tables; undefined for those that are as they are cut. */
const changeOf = ({ names, device }: Dialect): ((block: Block) => Block) | undefined => {
  if (hasPolylines(names)) return expandTrips
  if (isTraccarTable(names)) return withAddresses
  if (device === undefined) return undefined
  const [name, value] = device
  const bytes = utf8.encode(value)
  let [own, all]: (readonly string[])[] = [[], []]
  return (block) => {
    const [starts, ends] = [new Int32Array(block.rows), new Int32Array(block.rows).fill(bytes.length)]
    if (block.names !== own) [own, all] = [block.names, [name, ...block.names]]
    return {
      ...block,
      names: all,
      fields: [{ kind: 'text', bytes, starts, ends }, ...block.fields],
    }
  }
}
