import { FleetError } from '@fleetlake/core'
import { type FlatTable, rootTable } from '@fleetlake/columnar/arrow/parts'
import type { RandomFile } from '../random-file.ts'

/** A message of an Arrow IPC stream or file, and where its body is. */
export interface Message {
  readonly type: number
  readonly header: FlatTable
  readonly from: number
  readonly to: number
}

/** What is in an Arrow IPC stream or file. */
export interface Messages {
  readonly schema: FlatTable
  /** Of the metadata. */
  readonly version: number
  /** Dictionaries and record batches, dictionaries before the batches that need them. */
  rest(): AsyncIterable<Message>
}

export const [SCHEMA, DICTIONARY, RECORD_BATCH] = [1, 2, 3]

export const FILE_MARK: Uint8Array = Buffer.from('ARROW1')
/** Feather before it was Arrow. */
export const OLD_MARK: Uint8Array = Buffer.from('FEA1')
export const CONTINUATION = 0xffffffff
const MARK_BYTES = 8
/** The length of the footer, and the mark. */
const TRAILER_BYTES = 10
const MOST_METADATA_BYTES = 16 * 1024 * 1024
const BLOCK_BYTES = 24
const READ_BYTES = 64 * 1024

const invalid = (what: string): FleetError => new FleetError('import.invalid', what)

const whole = (value: bigint): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError('it has a length that can not be')
  return number
}

/** Reads little pieces that lie close to each other with few reads. */
const createReader = (file: RandomFile): ((from: number, bytes: number) => Promise<Uint8Array>) => {
  let window: Uint8Array = new Uint8Array(0)
  let windowAt = 0
  return async (from, bytes) => {
    const start = from - windowAt
    if (start < 0 || start + bytes > window.length) {
      window = await file.read(from, Math.max(from + bytes, Math.min(file.size, from + READ_BYTES)))
      windowAt = from
    }
    return window.subarray(from - windowAt, from - windowAt + bytes)
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** @throws RangeError for damaged bytes, FleetError `import.invalid` for files of a kind that is not read */
export const openMessages = async (file: RandomFile): Promise<Messages> => {
  const read = createReader(file)
  const messageAt = async (at: number): Promise<(Message & { readonly version: number }) | undefined> => {
    if (at === file.size) return undefined
    let start = at + 4
    let bytes = viewOf(await read(at, 4)).getUint32(0, true)
    // Streams of 2019 and before have no mark before the length.
    if (bytes === CONTINUATION) {
      bytes = viewOf(await read(start, 4)).getUint32(0, true)
      start += 4
    }
    if (bytes === 0) return undefined
    if (bytes > MOST_METADATA_BYTES) throw new RangeError('it has a message that is too long, or is damaged')
    // A copy: the window moves on.
    const message = rootTable(new Uint8Array(await read(start, bytes)))
    const header = message.table(2)
    if (header === undefined) throw new RangeError('it has an empty message')
    const from = start + bytes
    const to = from + whole(message.int64(3))
    if (to > file.size) throw new RangeError('it ends within a record batch: it was cut')
    return { type: message.int8(1), version: message.int16(0), header, from, to }
  }
  const head = await file.read(0, Math.min(file.size, MARK_BYTES))
  if (OLD_MARK.every((byte, i) => head[i] === byte))
    throw invalid('it is Feather of version 1: write it as version 2, which is Arrow')
  if (FILE_MARK.every((byte, i) => head[i] === byte)) return openFile(file, messageAt)
  const first = await messageAt(0)
  if (first === undefined || first.type !== SCHEMA) throw new RangeError('it does not begin with a schema')
  return {
    schema: first.header,
    version: first.version,
    rest: async function* () {
      for (let next = await messageAt(first.to); next !== undefined; next = await messageAt(next.to)) {
        if (next.type === SCHEMA) throw new RangeError('it has two schemas')
        yield next
      }
    },
  }
}

const openFile = async (
  file: RandomFile,
  messageAt: (at: number) => Promise<Message | undefined>,
): Promise<Messages> => {
  const cut = new RangeError('it has no footer: it was cut, or its writer did not come to an end')
  if (file.size < MARK_BYTES + TRAILER_BYTES) throw cut
  const trailer = await file.read(file.size - TRAILER_BYTES, file.size)
  if (!FILE_MARK.every((byte, i) => trailer[i + 4] === byte)) throw cut
  const length = viewOf(trailer).getUint32(0, true)
  const end = file.size - TRAILER_BYTES
  if (length > end || length > MOST_METADATA_BYTES) throw new RangeError('its footer is too long, or is damaged')
  const footer = rootTable(await file.read(end - length, end))
  const schema = footer.table(1)
  if (schema === undefined) throw new RangeError('its footer has no schema')
  const [dictionaries, batches] = [footer.vector(2, BLOCK_BYTES), footer.vector(3, BLOCK_BYTES)]
  return {
    schema,
    version: footer.int16(0),
    rest: async function* () {
      for (const [blocks, type] of [
        [dictionaries, DICTIONARY],
        [batches, RECORD_BATCH],
      ] as const) {
        for (let i = 0; i < blocks.length; i++) {
          const message = await messageAt(whole(blocks.int64(3 * i)))
          if (message?.type !== type) throw new RangeError('its footer does not tell where its record batches are')
          yield message
        }
      }
    },
  }
}
