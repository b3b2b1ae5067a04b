import type { Field } from '../block.ts'
import type { BatchReader } from './batch-reader.ts'

/** A column, or one of geometries, which gives two fields. */
export interface FieldSource {
  readonly names: readonly string[]
  /** The values of a dictionary, of any column's. */
  takeDictionary(id: bigint, isDelta: boolean, batch: BatchReader): Promise<void>
  /** Rows of a batch, one field a name. */
  take(batch: BatchReader, from: number, to: number): Promise<readonly Field[]>
}
