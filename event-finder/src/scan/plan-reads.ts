import type { RowGroup } from '@fleetlake/columnar/parquet'

/** Bytes `[start, end)` of a file. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Row groups that are read at once, in the order of the file. */
export interface GroupRead extends Span {
  readonly groups: readonly RowGroup[]
}

/** The bytes of a row group, first to last. */
export const spanOf = ({ columns }: RowGroup): Span => {
  const found = columns.filter((column) => column !== undefined)
  return {
    start: Math.min(...found.map(({ offset }) => offset)),
    end: Math.max(...found.map(({ offset, bytes }) => offset + bytes)),
  }
}

/**
 * Which bytes to read for some row groups. Invariant: each row group is in exactly one read, whole, and nothing is read twice or for nothing.
 * @param mostBytes of a read, unless a single row group is larger
 */
export const planReads = (groups: readonly RowGroup[], mostBytes: number): GroupRead[] => {
  const reads: (Span & { groups: RowGroup[] })[] = []
  for (const group of groups) {
    const { start, end } = spanOf(group)
    const last = reads.at(-1)
    if (last !== undefined && last.end === start && end - last.start <= mostBytes) {
      last.groups.push(group)
      reads[reads.length - 1] = { ...last, end }
    } else reads.push({ start, end, groups: [group] })
  }
  return reads
}
