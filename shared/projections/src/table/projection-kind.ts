import { type Batch, concatBatches, emptyBatch, type ProjectionColumn } from './batch.ts'
import { runsOf, sortBatch } from './sort-batch.ts'

/** A table that is derived from versions of `moves`: what its rows are, and how rows of equal key become one. */
export interface ProjectionKind {
  /** Of the table and its folder. */
  readonly name: string
  /** The columns of the key first, the bucket before all others. */
  readonly columns: readonly ProjectionColumn[]
  /** So many columns are the key. */
  readonly keys: number
  /** The column whose bucket a row is in: a vehicle id, or another key. */
  readonly keyColumn: string
  /** Whether rows are of a date, in the column `date`. */
  readonly hasDates: boolean
  /** Rows of equal key become one. Invariant: associative and commutative. The rows come in the order of the key, their texts in the order of their bytes. */
  merge(batches: readonly Batch[]): Batch
}

/**
 * Merges batches.
 * @param combine one row for each run of rows of one key; told where the runs begin, and at last the number of rows
 */
export const mergeBy = (
  { columns, keys }: Pick<ProjectionKind, 'columns' | 'keys'>,
  batches: readonly Batch[],
  combine: (sorted: Batch, starts: Uint32Array) => Batch,
): Batch => {
  const some = batches.filter(({ length }) => length > 0)
  if (some.length === 0) return emptyBatch(columns)
  const sorted = sortBatch(concatBatches(some), keys)
  const starts = runsOf(sorted, keys)
  return starts.length - 1 === sorted.length ? sorted : combine(sorted, starts)
}
