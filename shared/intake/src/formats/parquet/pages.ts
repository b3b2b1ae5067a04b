import { crc32 } from 'node:zlib'
import { reuseArray, type Reused } from '@fleetlake/core'
import {
  ENCODING,
  type Fields,
  nameOf,
  PAGE,
  PAGE_FIELD,
  type PageKind,
  readerOf,
  type Reader,
  readRuns,
  readThrift,
  readVarint,
  unpackBytes,
} from '@fleetlake/columnar/parquet/parts'
import type { RandomFile } from '../random-file.ts'
import type { ColumnChunk } from './read-footer.ts'
import type { Leaf } from './schema.ts'

export type PageEncoding = Exclude<keyof typeof ENCODING, 'plain-dictionary'>

/** Values of a page, unpacked. */
export interface Page {
  readonly kind: 'dictionary' | 'data'
  readonly encoding: PageEncoding
  readonly values: Reader
  /** Values that are there. */
  readonly count: number
  /** Values and places where one is missing: the rows, of a column without lists. */
  readonly entries: number
  /** Levels, one an entry; undefined where all are the highest, or 0. */
  readonly definitions: Int32Array | undefined
  readonly repetitions: Int32Array | undefined
}

/** A page that was not unpacked yet. */
export interface PageHeader {
  readonly kind: PageKind
  readonly entries: number
  /**
   * @param room gives the bytes that are filled, where some are
   * @throws RangeError for damaged bytes
   */
  unpack(room?: Reused<Uint8Array>): Promise<Page>
  /** Goes on behind the page. */
  pass(): void
}

/** Nothing that writers make comes near; a page that claims more is not made room for. */
const MOST_PAGE_BYTES = 64 * 1024 * 1024
const MOST_PAGE_ENTRIES = 1 << 24
/** Of a header; least and greatest values may make it long. */
const HEADER_BYTES = 8 * 1024
const MOST_HEADER_BYTES = 16 * 1024 * 1024

const kindOf = nameOf(PAGE)
const encodingNamed = nameOf(ENCODING)

const encodingOf = (id: unknown): PageEncoding => {
  const encoding = encodingNamed(Number(id))
  if (encoding === 'plain-dictionary') return 'dictionary'
  if (encoding === undefined) throw new RangeError(`it has values in an unknown encoding (${String(id)})`)
  return encoding
}

const numberIn = (value: unknown): number => {
  if (typeof value === 'number' && value >= 0) return value
  throw new RangeError('it has a page without its length')
}

/** Levels of `entries` entries. @returns undefined where all are the highest one */
const readLevels = (bytes: Uint8Array, most: number, entries: number): Int32Array | undefined => {
  const width = 32 - Math.clz32(most)
  if (entries === 0) return undefined
  // One run of the highest level is the rule.
  const reader = readerOf(bytes)
  const head = readVarint(reader)
  if (head % 2 === 0 && head / 2 >= entries && width <= 8 && bytes[reader.at] === most) return undefined
  const levels = new Int32Array(entries)
  readRuns(readerOf(bytes), width, levels, 0, entries)
  return levels
}

interface Levels {
  readonly definitions: Int32Array | undefined
  readonly repetitions: Int32Array | undefined
  readonly count: number
}

const levelsOf = (
  { maxDefinition, maxRepetition }: Leaf,
  bytes: { readonly definitions: Uint8Array | undefined; readonly repetitions: Uint8Array | undefined },
  entries: number,
): Levels => {
  const repetitions =
    bytes.repetitions &&
    (readLevels(bytes.repetitions, maxRepetition, entries) ?? new Int32Array(entries).fill(maxRepetition))
  const definitions = bytes.definitions && readLevels(bytes.definitions, maxDefinition, entries)
  if (definitions === undefined) return { definitions, repetitions, count: entries }
  let count = 0
  for (let i = 0; i < entries; i++) if (definitions[i] === maxDefinition) count++
  return { definitions: count === entries ? undefined : definitions, repetitions, count }
}

interface PageBody {
  readonly header: Fields
  readonly body: Uint8Array
  /** Unpacked, levels included. */
  readonly size: number
  readonly leaf: Leaf
  readonly codec: ColumnChunk['codec']
  readonly entries: number
  readonly room: Reused<Uint8Array> | undefined
}

const pageV2 = ({ header, body, size, leaf, codec, entries, room }: PageBody): Page => {
  const [definitionBytes, repetitionBytes] = [numberIn(header[5]), numberIn(header[6])]
  const levelBytes = definitionBytes + repetitionBytes
  if (levelBytes > body.length) throw new RangeError('it has levels that reach beyond their page')
  const levels = levelsOf(
    leaf,
    {
      repetitions: leaf.maxRepetition === 0 ? undefined : body.subarray(0, repetitionBytes),
      definitions: leaf.maxDefinition === 0 ? undefined : body.subarray(repetitionBytes, levelBytes),
    },
    entries,
  )
  const packed = body.subarray(levelBytes)
  const isPacked = codec !== 'none' && header[7] !== false && levels.count > 0
  const unpacked = isPacked ? unpackBytes(codec, packed, numberIn(size - levelBytes), room) : packed
  // What the pages of a packed column are read into is used again.
  const values = isPacked || codec === 'none' ? unpacked : Uint8Array.from(unpacked)
  return { kind: 'data', encoding: encodingOf(header[4]), values: readerOf(values), entries, ...levels }
}

const pageV1 = ({ header, body, size, leaf, codec, entries, room }: PageBody): Page => {
  const values = readerOf(unpackBytes(codec, body, size, room))
  const levelBytes = (most: number, encoding: unknown): Uint8Array | undefined => {
    if (most === 0) return undefined
    if (encoding !== ENCODING.rle) throw new RangeError('it has levels in a way of writing that was given up in 2014')
    const from = values.at + 4
    const to = from + values.view.getUint32(values.at, true)
    if (to > values.bytes.length) throw new RangeError('it has levels that reach beyond their page')
    values.at = to
    return values.bytes.subarray(from, to)
  }
  const repetitions = levelBytes(leaf.maxRepetition, header[4])
  const definitions = levelBytes(leaf.maxDefinition, header[3])
  const levels = levelsOf(leaf, { repetitions, definitions }, entries)
  return { kind: 'data', encoding: encodingOf(header[2]), values, entries, ...levels }
}

const dictionaryPage = ({ header, body, size, codec, entries }: PageBody): Page => {
  const values = readerOf(unpackBytes(codec, body, size))
  return {
    kind: 'dictionary',
    encoding: encodingOf(header[2]),
    values,
    count: entries,
    entries,
    definitions: undefined,
    repetitions: undefined,
  }
}

const READERS: Readonly<Record<PageKind, (body: PageBody) => Page>> = {
  data: pageV1,
  dictionary: dictionaryPage,
  'data-v2': pageV2,
}

/** The pages of a column of a row group, one after the other. */
export interface PageSource {
  /** Undefined behind the last one. */
  next(): Promise<PageHeader | undefined>
}

export interface PageSourceOptions {
  readonly file: RandomFile
  readonly leaf: Leaf
  readonly chunk: ColumnChunk
  /** Bytes that are read at a time, at least. */
  readonly readBytes: number
}

/** Reads headers alone where pages are passed over. Invariant: of a page that carries a checksum no value is given unless it fits. */
export const createPageSource = ({ file, leaf, chunk, readBytes }: PageSourceOptions): PageSource => {
  let window: Uint8Array = new Uint8Array(0)
  // Of pages that are not packed the values lie where they were read to.
  const windowRoom = chunk.codec === 'none' ? undefined : reuseArray((length) => new Uint8Array(length))
  let [windowAt, at] = [chunk.from, chunk.from]
  /** The bytes from `at` on, `least` of them at least. */
  const ahead = async (least: number): Promise<Uint8Array> => {
    const from = at - windowAt
    if (from >= 0 && from + least <= window.length) return window.subarray(from)
    window = await file.read(at, Math.min(chunk.to, at + Math.max(least, readBytes)), windowRoom)
    windowAt = at
    return window
  }
  const header = async (): Promise<{ readonly fields: Fields; readonly end: number }> => {
    for (let least = HEADER_BYTES; ; least *= 16) {
      const here = Math.min(least, chunk.to - at)
      const bytes = await ahead(here)
      try {
        return readThrift(bytes, 0)
      } catch (error) {
        if (here === chunk.to - at || least > MOST_HEADER_BYTES) throw error
      }
    }
  }
  const next = async (): Promise<PageHeader | undefined> => {
    while (at < chunk.to) {
      const { fields, end } = await header()
      const [size, packedSize] = [numberIn(fields[2]), numberIn(fields[3])]
      at += end
      if (at + packedSize > chunk.to) throw new RangeError('it has a page that reaches beyond its column')
      const kind = kindOf(Number(fields[1]))
      // An index page: nothing that is needed.
      if (kind === undefined) {
        at += packedSize
        continue
      }
      const own = fields[PAGE_FIELD[kind]] as Fields | undefined
      if (own === undefined) throw new RangeError('it has a page without its header')
      const entries = numberIn(own[1])
      if (size > MOST_PAGE_BYTES) throw new RangeError(`it has a page of ${size} bytes, more than ${MOST_PAGE_BYTES}`)
      if (entries > MOST_PAGE_ENTRIES)
        throw new RangeError(`it has a page of ${entries} values, more than ${MOST_PAGE_ENTRIES}`)
      return {
        kind,
        entries,
        pass: () => void (at += packedSize),
        unpack: async (room) => {
          const body = (await ahead(packedSize)).subarray(0, packedSize)
          at += packedSize
          if (fields[4] !== undefined && (crc32(body) | 0) !== fields[4])
            throw new RangeError('it has a damaged page: its checksum does not fit')
          return READERS[kind]({ header: own, body, size, leaf, codec: chunk.codec, entries, room })
        },
      }
    }
    return undefined
  }
  return { next }
}
