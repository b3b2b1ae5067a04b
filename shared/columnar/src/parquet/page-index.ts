import type { Bytes } from './bytes.ts'
import { compareBytes, type Range } from './range.ts'
import {
  binary,
  type Fields,
  i32,
  i64,
  list,
  listOf,
  numberOf,
  readThrift,
  struct,
  type Thrift,
  writeStruct,
} from './thrift.ts'

/**
 * The format's page index: where each data page of a column chunk lies and which rows it has, and the least and the greatest value of each.
 * https://github.com/apache/parquet-format/blob/master/PageIndex.md
 */

/** A data page of a column chunk. */
export interface PagePlace {
  readonly offset: number
  /** Header included. */
  readonly bytes: number
  /** The number of its first row within the row group. */
  readonly firstRow: number
}

/** The order of the pages' bounds, as the format names it. */
const ORDER = { unordered: 0, ascending: 1 } as const

const isAscending = (ranges: readonly Range[]): boolean =>
  ranges.every(
    ({ min, max }, i) =>
      i === 0 || (compareBytes(ranges[i - 1].min, min) <= 0 && compareBytes(ranges[i - 1].max, max) <= 0),
  )

/** @param ranges of pages that all have values */
export const writeColumnIndex = (out: Bytes, ranges: readonly Range[]): void =>
  writeStruct(out, {
    fields: [
      [
        1,
        list(
          'bool',
          ranges.map(() => ({ type: 'bool', value: false })),
        ),
      ],
      [
        2,
        list(
          'binary',
          ranges.map(({ min }) => binary(min)),
        ),
      ],
      [
        3,
        list(
          'binary',
          ranges.map(({ max }) => binary(max)),
        ),
      ],
      [4, i32(isAscending(ranges) ? ORDER.ascending : ORDER.unordered)],
    ],
  })

export const writeOffsetIndex = (out: Bytes, pages: readonly PagePlace[]): void =>
  writeStruct(out, {
    fields: [
      [
        1,
        list(
          'struct',
          pages.map(({ offset, bytes, firstRow }) => struct([1, i64(offset)], [2, i32(bytes)], [3, i64(firstRow)])),
        ),
      ],
    ],
  })

const itemsOf = (value: Thrift | undefined): readonly Thrift[] => (Array.isArray(value) ? (value as Thrift[]) : [])

/** What a column chunk's pages hold: undefined for a page of nulls alone. */
export const readColumnIndex = (bytes: Uint8Array): (Range | undefined)[] | undefined => {
  const { fields } = readThrift(bytes, 0)
  const [nulls, least, greatest] = [fields[1], fields[2], fields[3]].map(itemsOf)
  if (least.length !== nulls.length || greatest.length !== nulls.length) return undefined
  const ranges: (Range | undefined)[] = []
  for (const [i, isNull] of nulls.entries()) {
    const [min, max] = [least[i], greatest[i]]
    if (!(min instanceof Uint8Array && max instanceof Uint8Array)) return undefined
    ranges.push(isNull === true ? undefined : { min, max })
  }
  return ranges
}

export const readOffsetIndex = (bytes: Uint8Array): PagePlace[] => {
  const { fields } = readThrift(bytes, 0)
  return listOf(fields[1]).map((place: Fields) => ({
    offset: numberOf(place[1]),
    bytes: numberOf(place[2]),
    firstRow: numberOf(place[3]),
  }))
}
