/** A file to add, as the protocol's `add` action has it, but for `dataChange`, which is the commit's. */
export interface AddFile {
  /** Relative to the table, URI-encoded. */
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly size: number
  /** ms since the epoch. */
  readonly modificationTime: number
  /** JSON text. */
  readonly stats?: string
}
