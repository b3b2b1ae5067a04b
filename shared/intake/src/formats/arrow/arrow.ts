import { FleetError, reasonOf } from '@fleetlake/core'
import { throwIfAborted } from '../../aborted.ts'
import { type Block, type Field, LEFT_OUT } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { openRandomFile, type RandomFile } from '../random-file.ts'
import { placesAfter } from '../row-places.ts'
import { showRow } from '../show-row.ts'
import { type BatchReader, createBatchReader } from './batch-reader.ts'
import { fieldSourcesOf, unitsOf } from './columns.ts'
import type { FieldSource } from './field-source.ts'
import { CONTINUATION, DICTIONARY, FILE_MARK, OLD_MARK, openMessages, RECORD_BATCH } from './messages.ts'

/** A value takes eight bytes at least when it is read, however few in the file. */
const LEAST_VALUE_BYTES = 8
const MOST_BLOCK_ROWS = 1 << 16
/** A row takes a bit of some column at least; packed ones may take less. */
const MOST_ROWS_PER_BYTE = 8 * 256

const rowsOfBlock = ({ rows, bytes }: BatchReader, columns: number, blockBytes: number): number => {
  const rowBytes = Math.max(bytes / Math.max(1, rows), LEAST_VALUE_BYTES * columns, 1)
  return Math.max(1, Math.min(MOST_BLOCK_ROWS, Math.floor(blockBytes / rowBytes)))
}

interface BatchPlan {
  readonly batch: BatchReader
  readonly sources: readonly FieldSource[]
  /** Of all sources. */
  readonly names: readonly string[]
  readonly neededOf: ReadOptions['neededOf']
  readonly units: ReadonlyMap<string, string>
  /** Rows before the batch, and of the batch that are passed over. */
  readonly before: number
  readonly passed: number
  readonly blockBytes: number
}

async function* readBatch(plan: BatchPlan): AsyncGenerator<Block> {
  const { batch, sources, names, units, neededOf, before, passed, blockBytes } = plan
  if (batch.rows > MOST_ROWS_PER_BYTE * batch.bytes)
    throw new RangeError('it has a record batch that counts more rows than it holds')
  const blockRows = rowsOfBlock(batch, names.length, blockBytes)
  for (let at = passed; at < batch.rows;) {
    const rows = Math.min(blockRows - (at % blockRows), batch.rows - at)
    const needed = neededOf?.({ names, units })
    const fields: Field[] = []
    for (const source of sources) {
      const isNeeded = needed === undefined || source.names.some((name) => needed.has(name))
      fields.push(...(isNeeded ? await source.take(batch, at, at + rows) : source.names.map(() => LEFT_OUT)))
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

async function* readFile(file: RandomFile, { neededOf, blockBytes, from }: ReadOptions): AsyncGenerator<Block> {
  const { schema, version, rest } = await openMessages(file)
  const sources = fieldSourcesOf(schema, version)
  if (sources.length === 0) return
  const names = sources.flatMap((source) => source.names)
  const plan = { sources, names, units: unitsOf(schema), neededOf, blockBytes }
  let before = 0
  for await (const message of rest()) {
    const { type, header } = message
    if (type === DICTIONARY) {
      const data = header.table(1)
      if (data === undefined) throw new RangeError('it has an empty dictionary')
      const batch = createBatchReader(data, message, file)
      for (const source of sources) await source.takeDictionary(header.int64(0), header.bool(2), batch)
    } else if (type === RECORD_BATCH) {
      const batch = createBatchReader(header, message, file)
      const passed = Math.max(0, Math.min(batch.rows, from.at - before))
      if (passed < batch.rows) yield* readBatch({ ...plan, batch, before, passed })
      before += batch.rows
    } else throw new RangeError(`it has a message of the unknown type ${type}`)
  }
}

/** Memory is bounded by the rows of a block; packed record batches and dictionaries are held as a whole, up to a limit. A cursor counts rows. */
async function* readArrow(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const file = await openRandomFile(input, options.signal)
  let row = options.from.at
  try {
    for await (const block of readFile(file, options)) {
      yield block
      row = block.next.at
    }
  } catch (error) {
    throwIfAborted(options.signal)
    const where = row === 0 ? 'the Arrow file' : `the Arrow file, behind row ${row},`
    throw new FleetError('import.invalid', `${where} can't be read: ${reasonOf(error)}`)
  } finally {
    await file.close()
  }
}

const startsWith = (head: Uint8Array, mark: Uint8Array): boolean => mark.every((byte, i) => head[i] === byte)

/** A stream begins with a message, whose flatbuffer begins with the place of its root; a schema's is of type 1. */
const isStream = (head: Uint8Array): boolean => {
  if (head.length < 16) return false
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (view.getUint32(0, true) !== CONTINUATION) return false
  const [length, root] = [view.getUint32(4, true), view.getUint32(8, true)]
  return length > 0 && length % 8 === 0 && root >= 4 && root < length
}

export const arrow: Format = {
  name: 'arrow',
  title: 'Arrow',
  counts: 'row',
  hasMeaning: false,
  sniff: (head) => (startsWith(head, FILE_MARK) || startsWith(head, OLD_MARK) || isStream(head) ? 2 : 0),
  read: readArrow,
}
