import type { MeasureSpec } from '@fleetlake/columnar'
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

/** The bytes of a row group, first to last, of the columns of every position and of some measures. */
export const spanOf = ({ columns, measures }: RowGroup, wanted: readonly MeasureSpec[] = []): Span => {
  const found = [...columns, ...wanted.map(({ name }) => measures.get(name))].filter((column) => column !== undefined)
  return {
    start: Math.min(...found.map(({ offset }) => offset)),
    end: Math.max(...found.map(({ offset, bytes }) => offset + bytes)),
  }
}

export interface ReadBounds {
  /** Of a read, unless a single row group is larger. */
  readonly mostBytes: number
  /** Another request to the store costs more than this number of bytes. */
  readonly mostGap: number
  readonly measures?: readonly MeasureSpec[]
}

/**
 * Which bytes to read for some row groups. Invariant: each row group is in exactly one read, with all columns that are wanted; nothing is read twice, and
 * between two row groups at most `mostGap` bytes for nothing: measures that are not asked for.
 */
export const planReads = (
  groups: readonly RowGroup[],
  { mostBytes, mostGap, measures = [] }: ReadBounds,
): GroupRead[] => {
  const reads: (Span & { groups: RowGroup[] })[] = []
  for (const group of groups) {
    const { start, end } = spanOf(group, measures)
    const last = reads.at(-1)
    if (last !== undefined && start >= last.end && start - last.end <= mostGap && end - last.start <= mostBytes) {
      last.groups.push(group)
      reads[reads.length - 1] = { ...last, end }
    } else reads.push({ start, end, groups: [group] })
  }
  return reads
}
