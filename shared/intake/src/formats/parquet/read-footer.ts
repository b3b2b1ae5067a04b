import { FleetError } from '@fleetlake/core'
import {
  bytesOf,
  codecOf,
  type Fields,
  fieldsOf,
  listOf,
  MARK,
  numberOf,
  type PageCodec,
  PHYSICAL,
  readThrift,
} from '@fleetlake/columnar/parquet/parts'
import type { RandomFile } from '../random-file.ts'
import { type Leaf, leavesOf, readSchema, type SchemaNode } from './schema.ts'

/** Where a column of a row group lies. */
export interface ColumnChunk {
  readonly from: number
  readonly to: number
  readonly codec: PageCodec
  /** Values, those that are missing among them. */
  readonly entries: number
  /** Bytes when unpacked. */
  readonly unpackedBytes: number
}

export interface RowGroup {
  readonly rows: number
  /** @throws RangeError, FleetError for a column that can't be read */
  chunkOf(leaf: Leaf): ColumnChunk
}

export interface Footer {
  readonly schema: readonly SchemaNode[]
  readonly groups: readonly RowGroup[]
  /** What writers say of their files, as text, by key. */
  readonly metadata: ReadonlyMap<string, string>
}

const TRAILER_BYTES = 8
/** As objects it takes many times as much. */
const MOST_FOOTER_BYTES = 16 * 1024 * 1024

const invalid = (what: string): FleetError => new FleetError('import.invalid', what)
const text = new TextDecoder()

/** @throws RangeError for a file that is damaged, FleetError `import.invalid` for one of a kind that is not read */
export const readFooter = async (file: RandomFile): Promise<Footer> => {
  if (file.size < TRAILER_BYTES + MARK.length) throw new RangeError('it has no footer: it was cut')
  const trailer = await file.read(file.size - TRAILER_BYTES, file.size)
  const mark = text.decode(trailer.subarray(4))
  if (mark === 'PARE') throw invalid('it is encrypted: decrypt it first')
  if (mark !== MARK) throw new RangeError('it has no footer: it was cut, or its writer did not come to an end')
  const length = new DataView(trailer.buffer).getUint32(0, true)
  const end = file.size - TRAILER_BYTES
  if (length > MOST_FOOTER_BYTES)
    throw invalid(
      `its footer has ${length} bytes, more than ${MOST_FOOTER_BYTES}: write it with fewer columns, or with larger row groups`,
    )
  if (length > end) throw new RangeError('its footer reaches beyond its beginning')
  const { fields } = readThrift(await file.read(end - length, end), 0)
  if (fields[8] !== undefined) throw invalid('it is encrypted: decrypt it first')
  const schema = readSchema(listOf(fields[2]))
  const columns = schema.flatMap(leavesOf).length
  const pairs = listOf(fields[5]).map((pair) => [text.decode(bytesOf(pair[1])), text.decode(bytesOf(pair[2]))] as const)
  return {
    schema,
    groups: listOf(fields[4]).map((group) => groupOf(group, columns, end - length)),
    metadata: new Map(pairs),
  }
}

const groupOf = (group: Fields, columns: number, dataEnd: number): RowGroup => {
  const rows = numberOf(group[3])
  const chunks = listOf(group[1])
  if (!Number.isSafeInteger(rows) || rows < 0) throw new RangeError('it has a row group without its number of rows')
  if (chunks.length !== columns) throw new RangeError('it has a row group with other columns than its schema')
  return { rows, chunkOf: (leaf) => chunkOf(fieldsOf(chunks[leaf.place]), { leaf, rows, dataEnd }) }
}

const chunkOf = (
  chunk: Fields,
  { leaf, rows, dataEnd }: { readonly leaf: Leaf; readonly rows: number; readonly dataEnd: number },
): ColumnChunk => {
  const name = leaf.path.join('.')
  if (chunk[1] !== undefined) throw invalid(`its column ${name} lies in another file: put them into one`)
  if (chunk[8] !== undefined && chunk[3] === undefined)
    throw invalid(`its column ${name} is encrypted: decrypt it first`)
  const metadata = fieldsOf(chunk[3])
  if (numberOf(metadata[1]) !== PHYSICAL[leaf.form.physical]) throw new RangeError(`its column ${name} is of two types`)
  const codec = codecOf(numberOf(metadata[4]))
  if (codec === undefined)
    throw invalid(
      `its column ${name} is packed in a way that is not known (${numberOf(metadata[4])}): write it with zstd`,
    )
  const [data, dictionary] = [numberOf(metadata[9]), numberOf(metadata[11])]
  // Some writers leave 0 where there is no dictionary.
  const from = dictionary > 0 ? Math.min(dictionary, data) : data
  const to = from + numberOf(metadata[7])
  const entries = numberOf(metadata[5])
  if (!(from >= 0 && to >= from && to <= dataEnd)) throw new RangeError(`its column ${name} reaches beyond its end`)
  if (leaf.maxRepetition === 0 ? entries !== rows : !(entries >= rows))
    throw new RangeError(`its column ${name} has other rows than its row group`)
  return { from, to, codec, entries, unpackedBytes: Math.max(0, numberOf(metadata[6])) }
}
