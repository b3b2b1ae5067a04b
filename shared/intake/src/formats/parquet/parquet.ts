import { FleetError, reasonOf } from '@fleetlake/core'
import { throwIfAborted } from '../../aborted.ts'
import { type Block, type Field, LEFT_OUT } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { openRandomFile, type RandomFile } from '../random-file.ts'
import { placesAfter } from '../row-places.ts'
import { showRow } from '../show-row.ts'
import { MEASURES_KEY, unitsOfMeasures } from '../units-said.ts'
import { type FieldSource, fieldSourcesOf, type GroupReader, type SourceFile } from './columns.ts'
import { type Footer, readFooter, type RowGroup } from './read-footer.ts'
import type { Room } from './read-leaf.ts'

/** A value takes eight bytes at least when it is read, however few in the file. */
const LEAST_VALUE_BYTES = 8
const MOST_BLOCK_ROWS = 1 << 16
/** Of all columns together. */
const READ_BYTES = 8 * 1024 * 1024
const [LEAST_READ_BYTES, MOST_READ_BYTES] = [32 * 1024, 1024 * 1024]
/** Pages of all columns that are unpacked at once. */
const MOST_HELD_BYTES = 512 * 1024 * 1024

const createRoom = (): Room => {
  const held = new Map<object, number>()
  let total = 0
  return {
    hold: (owner, bytes) => {
      total += bytes - (held.get(owner) ?? 0)
      held.set(owner, bytes)
      if (total > MOST_HELD_BYTES)
        throw new FleetError(
          'import.invalid',
          `its pages take more than ${MOST_HELD_BYTES} bytes of memory: write it with smaller pages, or with fewer columns`,
        )
    },
  }
}

/** By what the file says of all its rows, so that blocks are the same wherever reading begins. */
const rowsOfBlock = ({ groups }: Footer, sources: readonly FieldSource[], blockBytes: number): number => {
  let [rows, bytes] = [0, 0]
  for (const group of groups) {
    rows += group.rows
    for (const { leaves } of sources) for (const leaf of leaves) bytes += group.chunkOf(leaf).unpackedBytes
  }
  const rowBytes = Math.max(bytes / Math.max(1, rows), LEAST_VALUE_BYTES * sources.length, 1)
  return Math.max(1, Math.min(MOST_BLOCK_ROWS, Math.floor(blockBytes / rowBytes)))
}

interface GroupPlan {
  readonly group: RowGroup
  readonly sources: readonly FieldSource[]
  readonly units: ReadonlyMap<string, string>
  /** Of all sources. */
  readonly names: readonly string[]
  readonly neededOf: ReadOptions['neededOf']
  readonly from: Omit<SourceFile, 'room'>
  /** Rows of the file before the group, and of the group that are passed over. */
  readonly before: number
  readonly passed: number
  readonly blockRows: number
}

/** A column of a row group, of which rows that are not needed are passed over when others are. */
interface Column extends Pick<FieldSource, 'names'> {
  readonly reader: GroupReader
  behind: number
}

const takeColumn = async (column: Column, rows: number, isNeeded: boolean): Promise<readonly Field[]> => {
  if (!isNeeded) {
    column.behind += rows
    return column.names.map(() => LEFT_OUT)
  }
  await column.reader.pass(column.behind)
  column.behind = 0
  return column.reader.take(rows)
}

async function* readGroup(plan: GroupPlan): AsyncGenerator<Block> {
  const { group, sources, names, units, neededOf, from, before, passed, blockRows } = plan
  const room = createRoom()
  const columns = sources.map((source): Column => {
    return { names: source.names, reader: source.open(group, { ...from, room }), behind: passed }
  })
  for (let at = passed; at < group.rows;) {
    const rows = Math.min(blockRows - (at % blockRows), group.rows - at)
    const needed = neededOf?.({ names, units })
    const fields: Field[] = []
    for (const column of columns) {
      const isNeeded = needed === undefined || column.names.some((name) => needed.has(name))
      fields.push(...(await takeColumn(column, rows, isNeeded)))
    }
    const first = before + at
    at += rows
    yield {
      names,
      fields,
      units,
      rows,
      places: placesAfter(first, rows),
      textOf: (row) => showRow(names, fields, row),
      faults: [],
      from: { at: first, place: first + 1 },
      next: { at: first + rows, place: first + rows + 1 },
    }
  }
}

async function* readFile(file: RandomFile, options: ReadOptions): AsyncGenerator<Block> {
  const footer = await readFooter(file)
  const sources = fieldSourcesOf(footer)
  if (sources.length === 0) return
  const names = sources.flatMap((source) => source.names)
  const blockRows = rowsOfBlock(footer, sources, options.blockBytes)
  const readBytes = Math.max(LEAST_READ_BYTES, Math.min(MOST_READ_BYTES, Math.floor(READ_BYTES / sources.length)))
  const units = unitsOfMeasures(footer.metadata.get(MEASURES_KEY))
  const plan = { sources, names, units, neededOf: options.neededOf, from: { file, readBytes }, blockRows }
  let before = 0
  for (const group of footer.groups) {
    const passed = Math.max(0, Math.min(group.rows, options.from.at - before))
    if (passed < group.rows) yield* readGroup({ ...plan, group, before, passed })
    before += group.rows
  }
}

/** Memory is bounded by a page of each column. A cursor counts rows. */
async function* readParquet(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const file = await openRandomFile(input, options.signal)
  let row = options.from.at
  try {
    for await (const block of readFile(file, options)) {
      yield block
      row = block.next.at
    }
  } catch (error) {
    throwIfAborted(options.signal)
    const where = row === 0 ? 'the Parquet file' : `the Parquet file, behind row ${row},`
    throw new FleetError('import.invalid', `${where} can't be read: ${reasonOf(error)}`)
  } finally {
    await file.close()
  }
}

const MARKS = ['PAR1', 'PARE'].map((mark) => Buffer.from(mark))

export const parquet: Format = {
  name: 'parquet',
  title: 'Parquet',
  counts: 'row',
  hasMeaning: false,
  sniff: (head) => (MARKS.some((mark) => mark.equals(head.subarray(0, mark.length))) ? 2 : 0),
  read: readParquet,
}
