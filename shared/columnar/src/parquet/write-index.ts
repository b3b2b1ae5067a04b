import { crc32 } from 'node:zlib'
import { writeFilter } from './block-filter.ts'
import type { Bytes } from './bytes.ts'
import { type PagePlace, writeColumnIndex, writeOffsetIndex } from './page-index.ts'
import type { Range } from './range.ts'
import type { Span } from './span.ts'
import type { GroupSums } from './sums.ts'

/** What the rows of a row group are found by. */
export interface GroupToIndex {
  /** Of the column that they are found by: its distinct values, and what each page holds of them. */
  readonly filter: Uint8Array
  readonly ranges: readonly Range[]
  readonly columns: readonly PagesToIndex[]
}

export interface PagesToIndex {
  readonly pages: readonly PagePlace[]
  /** CRC-32 of the header of each page, that of a dictionary first. */
  readonly headerSums: readonly number[]
}

/** Where the index of a row group came to lie. */
export interface IndexPlaces {
  readonly filter: Span
  readonly columnIndex: Span
  readonly offsetIndexes: readonly Span[]
  readonly sums: GroupSums
}

/**
 * Writes the filters of all row groups, side by side, so that one read brings them; then, for each row group, a block of its column index and its offset
 * indexes, each with the checksums of the headers of its pages, which a reader of some of them needs.
 */
export const writeIndexes = (out: Bytes, groups: readonly GroupToIndex[]): IndexPlaces[] => {
  const spanOf = (write: () => void): Span => {
    const start = out.length
    write()
    return { start, end: out.length }
  }
  const sumOf = ({ start, end }: Span): number => crc32(out.bytes.subarray(start, end))
  const filters = groups.map(({ filter }) => spanOf(() => writeFilter(out, filter)))
  return groups.map(({ ranges, columns }, i) => {
    const columnIndex = spanOf(() => writeColumnIndex(out, ranges))
    const offsetIndexes = columns.map(({ pages, headerSums }) => {
      const span = spanOf(() => writeOffsetIndex(out, pages))
      for (const sum of headerSums) out.uint32(sum)
      return span
    })
    const block = { start: columnIndex.start, end: out.length }
    const sums = { filter: sumOf(filters[i]), blockBytes: block.end - block.start, block: sumOf(block) }
    return { filter: filters[i], columnIndex, offsetIndexes, sums }
  })
}
