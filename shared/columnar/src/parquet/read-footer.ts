import { crc32 } from 'node:zlib'
import { FleetError } from '@fleetlake/core'
import { type Column, COLUMNS, COLUMN_NAMES } from '../columns.ts'
import { isMeasureName, type MeasureSpec } from '../measures.ts'
import { MARK, type PageCodec, REPETITION } from './format.ts'
import { codecOf } from './page-codecs.ts'
import { describeForm, type Form, formOf, measureFormOf, measureTypeOf } from './forms.ts'
import type { Span } from './span.ts'
import { type GroupSums, readSums, type Sums } from './sums.ts'
import { bytesOf, type Fields, fieldsOf, listOf, numberOf, readThrift } from './thrift.ts'

/** Where a column of a row group lies, and how its values are stored. */
export interface ColumnChunk {
  readonly offset: number
  readonly bytes: number
  readonly codec: PageCodec
  readonly form: Form
  /** Rows may have no value: pages begin with definition levels. */
  readonly isOptional: boolean
  /** The statistics' least and greatest value, as the format writes them. */
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
  /** Whether both are of the order that the format gives the type: others' are not to be believed. */
  readonly isOrdered: boolean
  /** CRC-32 of the headers of its pages, one after the other, where the file has it. */
  readonly headersCrc: number | undefined
  /** … of some of its pages that of each alone. */
  readonly headerSums?: Uint32Array
  /** Where the file has a filter of its values, what each of its pages holds, and where each is. */
  readonly filter: Span | undefined
  readonly columnIndex: Span | undefined
  readonly offsetIndex: Span | undefined
}

/** Columns in the order of `COLUMNS`; undefined one that the file does not have. */
export interface RowGroup {
  readonly rows: number
  readonly columns: readonly (ColumnChunk | undefined)[]
  /** Of the file's measures, by name. */
  readonly measures: ReadonlyMap<string, MeasureChunk>
  /** Of its filter and page index, in a file of ours that has them. */
  readonly indexSums: GroupSums | undefined
}

export interface MeasureChunk extends ColumnChunk {
  readonly spec: MeasureSpec
}

export interface Footer {
  readonly rowGroups: readonly RowGroup[]
  readonly rows: number
  /** The names of all columns, also of those that are not the table's. */
  readonly names: readonly string[]
  /** The columns beside those of every position that can be read as measures, with the file's types. */
  readonly measures: readonly MeasureSpec[]
  /** The names of the columns that can't. */
  readonly others: readonly string[]
}

/** The footer's own length and the closing mark. */
export const TRAILER_BYTES = 8

/**
 * How many bytes the footer has, trailer included.
 * @param tail the last bytes of the file, at least `TRAILER_BYTES`
 * @throws RangeError for a file that is not Parquet
 */
export const footerBytesOf = (tail: Uint8Array): number => {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const mark = String.fromCharCode(...tail.subarray(-MARK.length))
  if (mark === 'PARE') throw unsupported('it is encrypted')
  if (tail.length < TRAILER_BYTES || mark !== MARK) throw new RangeError('it is not a Parquet file')
  const bytes = view.getUint32(tail.length - TRAILER_BYTES, true) + TRAILER_BYTES
  if (bytes > MAX_FOOTER_BYTES) throw new RangeError(`its footer has ${bytes} bytes`)
  return bytes
}

const MAX_FOOTER_BYTES = 64 * 1024 * 1024
/** A row group is unpacked as a whole. */
const MAX_GROUP_ROWS = 1 << 24

const unsupported = (what: string): FleetError => new FleetError('table.unsupported', what)
const damaged = (what: string): RangeError => new RangeError(`its metadata are damaged: ${what}`)

const decoder = new TextDecoder()

/** A column of the file that is not nested, and its place among the columns of a row group. */
interface Leaf {
  readonly element: Fields
  readonly place: number
}

/** The columns by their names; undefined one that is nested. */
const readSchema = (elements: readonly Fields[]): ReadonlyMap<string, Leaf | undefined> => {
  const columns = new Map<string, Leaf | undefined>()
  let [at, place] = [1, 0]
  while (at < elements.length) {
    const element = elements[at++]
    const name = decoder.decode(bytesOf(element[4]))
    if (columns.has(name)) throw unsupported(`it has two columns "${name}"`)
    let children = numberOf(element[5])
    const isNested = children > 0 || numberOf(element[3]) === REPETITION.repeated
    columns.set(name, isNested ? undefined : { element, place })
    if (children <= 0) place++
    for (; children > 0; children--) {
      if (at === elements.length) throw damaged('its schema ends too early')
      const inner = numberOf(elements[at++][5])
      if (inner > 0) children += inner
      else place++
    }
  }
  return columns
}

/** The columns of the table; undefined one that the file does not have, and that a row may do without. */
const tableColumns = (columns: ReadonlyMap<string, Leaf | undefined>): (NamedLeaf | undefined)[] =>
  COLUMNS.map(({ name, kind, isRequired }: Column) => {
    if (!columns.has(name)) {
      if (isRequired) throw unsupported(`it has no column ${name}`)
      return undefined
    }
    const leaf = columns.get(name)
    const form = leaf && formOf(kind, leaf.element)
    if (leaf === undefined || form === undefined) {
      const what = leaf === undefined ? 'nested' : describeForm(leaf.element)
      throw unsupported(`its column ${name} is ${what}, which is not of the type of the table`)
    }
    return { element: leaf.element, place: leaf.place, form, name }
  })

/** Columns beside those of every position that can be read as measures. */
const measureLeaves = (
  columns: ReadonlyMap<string, Leaf | undefined>,
): (NamedLeaf & { readonly spec: MeasureSpec })[] =>
  Array.from(columns).flatMap(([name, leaf]) => {
    if (leaf === undefined || !isMeasureName(name)) return []
    const [form, type] = [measureFormOf(leaf.element), measureTypeOf(leaf.element)]
    return form === undefined || type === undefined ? [] : [{ ...leaf, name, form, spec: { name, type } }]
  })

/** A row group, each of whose columns is read when it is asked for. */
interface FoundGroup {
  readonly rows: number
  /** Of its filter and page index, in a file of ours that has them. */
  readonly indexSums: GroupSums | undefined
  chunkOf(leaf: NamedLeaf): ColumnChunk
}

/** What a footer tells, whatever the columns are. */
interface FoundFile {
  readonly rows: number
  readonly columns: ReadonlyMap<string, Leaf | undefined>
  readonly groups: readonly FoundGroup[]
}

/** A column of the file that is read. */
export type NamedLeaf = Leaf & { readonly form: Form; readonly name: string }

/**
 * A file's metadata. Invariant: those of a file of ours are as they were written.
 * @param bytes end with the file, of which `fileBytes` is the size
 * @throws FleetError `table.unsupported`, RangeError
 */
export const findGroups = (bytes: Uint8Array, fileBytes: number): FoundFile => {
  const footerBytes = footerBytesOf(bytes)
  const footerAt = bytes.length - footerBytes
  if (footerAt < 0) throw damaged('they reach beyond the file')
  const metadata = bytes.subarray(footerAt, bytes.length - TRAILER_BYTES)
  const { fields: file } = readThrift(metadata, 0)
  const sums = readSums(file)
  if (sums !== undefined && footerCrc(metadata, sums) !== sums.footer) throw damaged('their checksum does not fit')
  const dataEnd = fileBytes - footerBytes
  const orders = listOf(file[7])
  let rows = 0
  const groups = listOf(file[4]).map((group, i): FoundGroup => {
    const groupRows = numberOf(group[3])
    if (groupRows < 0) throw damaged('a row group without its number of rows')
    if (groupRows > MAX_GROUP_ROWS) throw unsupported(`it has a row group of ${groupRows} rows`)
    rows += groupRows
    const found = listOf(group[1])
    const indexSums = sums?.indexes?.[i]
    if (sums?.indexes !== undefined && indexSums === undefined) throw damaged('a row group without its checksums')
    return {
      rows: groupRows,
      indexSums,
      chunkOf: (leaf) => {
        const headersCrc = sums?.headers[i * found.length + leaf.place]
        if (sums !== undefined && headersCrc === undefined) throw damaged('a row group without its checksums')
        // The one order that there is.
        const isOrdered = orders[leaf.place]?.[1] !== undefined
        return columnOf(fieldsOf(found[leaf.place]), leaf, { rows: groupRows, dataEnd, headersCrc, isOrdered })
      },
    }
  })
  if (rows !== numberOf(file[3])) throw damaged(`${numberOf(file[3])} rows, but ${rows} in its row groups`)
  return { rows, columns: readSchema(listOf(file[2])), groups }
}

/**
 * What a file's footer tells of the columns of positions.
 * @param bytes end with the file, of which `fileBytes` is the size
 * @throws FleetError `table.unsupported` for a file that is Parquet of a kind that is not read
 * @throws RangeError for damaged metadata
 */
export const parseFooter = (bytes: Uint8Array, fileBytes: number = bytes.length): Footer => {
  const { rows, columns, groups } = findGroups(bytes, fileBytes)
  const leaves = tableColumns(columns)
  const measures = measureLeaves(columns)
  const isKnown = new Set<string>([...COLUMN_NAMES, ...measures.map(({ name }) => name)])
  const rowGroups = groups.map((group): RowGroup => ({
    rows: group.rows,
    columns: leaves.map((leaf) => (leaf === undefined ? undefined : group.chunkOf(leaf))),
    measures: new Map(measures.map((leaf) => [leaf.name, { ...group.chunkOf(leaf), spec: leaf.spec }])),
    indexSums: group.indexSums,
  }))
  const names = [...columns.keys()]
  return {
    rowGroups,
    rows,
    names,
    measures: measures.map(({ spec }) => spec),
    others: names.filter((name) => !isKnown.has(name)),
  }
}

/** Of the metadata as they were before their own checksum was put into them. */
const footerCrc = (metadata: Uint8Array, { footerAt }: Sums): number => {
  const at = footerAt.byteOffset - metadata.byteOffset
  const before = crc32(metadata.subarray(0, at))
  return crc32(metadata.subarray(at + footerAt.length), before)
}

const columnOf = (
  chunk: Fields,
  { element, form, name }: NamedLeaf,
  { rows, dataEnd, ...known }: { rows: number; dataEnd: number; headersCrc: number | undefined; isOrdered: boolean },
): ColumnChunk => {
  if (chunk[1] !== undefined) throw unsupported('its columns lie in other files')
  const metadata = fieldsOf(chunk[3])
  if (numberOf(metadata[1]) !== numberOf(element[1])) throw damaged(`the column ${name} is of two types`)
  if (numberOf(metadata[5]) !== rows) throw damaged(`the column ${name} has other rows than its row group`)
  const codec = codecOf(numberOf(metadata[4]))
  if (codec === undefined)
    throw unsupported(`its column ${name} is compressed in the unknown way ${numberOf(metadata[4])}`)
  const statistics = fieldsOf(metadata[12])
  const [data, dictionary] = [numberOf(metadata[9]), numberOf(metadata[11])]
  // Some writers leave 0 where there is no dictionary.
  const offset = dictionary > 0 ? Math.min(dictionary, data) : data
  const bytes = numberOf(metadata[7])
  if (!(offset >= 0 && bytes >= 0 && offset + bytes <= dataEnd))
    throw damaged(`the column ${name} reaches beyond the file`)
  return {
    offset,
    bytes,
    codec,
    form,
    isOptional: numberOf(element[3]) === REPETITION.optional,
    min: bytesOf(statistics[6]),
    max: bytesOf(statistics[5]),
    filter: spanOf(numberOf(metadata[14]), numberOf(metadata[15]), dataEnd),
    columnIndex: spanOf(numberOf(chunk[6]), numberOf(chunk[7]), dataEnd),
    offsetIndex: spanOf(numberOf(chunk[4]), numberOf(chunk[5]), dataEnd),
    ...known,
  }
}

/** Undefined where there is none, or where none can be: rows are read without it. */
const spanOf = (start: number, bytes: number, dataEnd: number): Span | undefined =>
  start > 0 && bytes > 0 && start + bytes <= dataEnd ? { start, end: start + bytes } : undefined
