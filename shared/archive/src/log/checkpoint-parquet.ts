import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors, DecodedArray, FileMetaData, RowGroup } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js'
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { snappyUncompress } from 'hyparquet/src/snappy.js'
import { getMaxDefinitionLevel, getSchemaPath } from 'hyparquet/src/schema.js'

/** Parquet below the level of rows: row groups as bytes, and leaf columns of them, read without an object per row. */

/** The library's least. */
const LEAST_CHUNK_SIZE = 64

/** A page of a checkpoint is about 1 MB; a file that asks for more than this is not read. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024

/** A page's size comes from its header, so it is bounded before it is used. */
const checkSize = (size: number): number => {
  if (size >= 0 && size <= MOST_PAGE_BYTES) return size
  throw new Error(`a page of ${size} bytes`)
}

/** A page is unpacked in one piece into the size of its header, and into no more. */
const sizesOf = (size: number): { readonly chunkSize: number; readonly maxOutputLength: number } => {
  const bytes = Math.max(checkSize(size), LEAST_CHUNK_SIZE)
  return { chunkSize: bytes, maxOutputLength: bytes }
}

export const decompressors: Compressors = {
  ZSTD: (bytes, size) => zstdDecompressSync(bytes, sizesOf(size)),
  GZIP: (bytes, size) => gunzipSync(bytes, sizesOf(size)),
  SNAPPY: (bytes, size) => {
    const page = new Uint8Array(checkSize(size))
    snappyUncompress(bytes, page)
    return page
  },
}

export const compress = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })

export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()

/** Texts stay bytes: most are never looked at. */
const PARSERS = { ...DEFAULT_PARSERS, stringFromBytes: (bytes: Uint8Array): Uint8Array => bytes }

/** A stretch of a file, `[start, end)`, bytes. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** A row group, cut out of its file. */
export interface Group {
  readonly schema: FileMetaData['schema']
  readonly rowGroup: RowGroup
  /** From `start` of the file on. */
  readonly bytes: Uint8Array
  readonly start: number
}

const stretchOf = ({ meta_data: column }: RowGroup['columns'][number]): Stretch => {
  if (column === undefined) throw new Error('a column without metadata')
  // Some writers say 0 for "no dictionary".
  const start = Number(column.dictionary_page_offset || column.data_page_offset)
  return { start, end: start + Number(column.total_compressed_size) }
}

/** @param file the whole file; what is returned shares its bytes */
export const cutGroups = (file: Uint8Array, { schema, row_groups: groups }: FileMetaData): Group[] =>
  groups.map((rowGroup) => {
    const stretches = rowGroup.columns.map(stretchOf)
    const start = Math.min(...stretches.map((stretch) => stretch.start))
    const end = Math.max(...stretches.map((stretch) => stretch.end))
    return { schema, rowGroup, bytes: file.subarray(start, end), start }
  })

/** The paths of the leaf columns below a node, in the order of the schema. */
export const leavesBelow = ({ rowGroup }: Group, ...node: readonly string[]): string[][] =>
  rowGroup.columns.flatMap(({ meta_data: column }) => {
    const path = column?.path_in_schema ?? []
    return node.every((name, i) => path[i] === name) ? [path] : []
  })

/** A leaf column: one entry a row, or one for each item of the row's list or map and at least one. */
export interface Leaf {
  /** Undefined where the entry has no value. Texts are bytes of UTF-8, 64-bit numbers bigints. */
  readonly values: readonly unknown[]
  /** 0 for the first entry of a row; empty when nothing repeats. */
  readonly repetitions: readonly number[]
}

/** Reads a leaf column, synchronously. Throws what the Parquet reader throws. */
export const readLeaf = ({ schema, rowGroup, bytes, start: groupStart }: Group, path: readonly string[]): Leaf => {
  const name = path.join('.')
  const column = rowGroup.columns.find(({ meta_data: meta }) => meta?.path_in_schema.join('.') === name)
  if (column?.meta_data === undefined) throw new Error(`there is no column ${name}`)
  const schemaPath = getSchemaPath(schema, [...path])
  const { element } = schemaPath[schemaPath.length - 1]
  const decoder = {
    pathInSchema: [...path],
    element,
    schemaPath,
    parsers: PARSERS,
    compressors: decompressors,
    ...column.meta_data,
  }
  const { type, codec } = column.meta_data
  const defined = getMaxDefinitionLevel(schemaPath)

  const { start, end } = stretchOf(column)
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start - groupStart, end - start), offset: 0 }
  const values: unknown[] = []
  const repetitions: number[] = []
  let dictionary: DecodedArray | undefined
  while (reader.offset < reader.view.byteLength) {
    const header = parquetHeader(reader)
    const page = new Uint8Array(bytes.buffer, reader.view.byteOffset + reader.offset, header.compressed_page_size)
    reader.offset += header.compressed_page_size
    const unpack = (): Uint8Array => decompressPage(page, header.uncompressed_page_size, codec, decompressors)
    if (header.dictionary_page_header !== undefined) {
      const plain = unpack()
      const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
      const { num_values: count } = header.dictionary_page_header
      dictionary = convert(readPlain({ view, offset: 0 }, type, count, element.type_length), decoder)
      continue
    }
    const pageHeader = header.data_page_header ?? header.data_page_header_v2
    if (pageHeader === undefined) continue
    const { definitionLevels, repetitionLevels, dataPage } =
      header.data_page_header === undefined
        ? readDataPageV2(page, header, decoder)
        : readDataPage(unpack(), header.data_page_header, decoder)
    const found = convertWithDictionary(dataPage, dictionary, pageHeader.encoding, decoder)
    // Levels may be left out when every entry has a value.
    const levels = definitionLevels?.length === pageHeader.num_values ? definitionLevels : undefined
    let next = 0
    for (let i = 0; i < pageHeader.num_values; i++) {
      values.push(levels === undefined || levels[i] === defined ? found[next++] : undefined)
    }
    for (const repetition of repetitionLevels) repetitions.push(repetition)
  }
  return { values, repetitions }
}
