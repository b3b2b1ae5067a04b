import type { ObjectStore } from '@fleetlake/archive'
import type { Add } from '@fleetlake/archive/log'
import type { Batch } from './batch.ts'
import type { FileEntry } from './file-entry.ts'
import type { FileReader } from './read-file.ts'
import type { ProjectionKind } from './projection-kind.ts'
import { bindSelection, type BoundSelection, isCovered, selectRows } from './selection.ts'
import { type DataFile, startDataFile } from './write-file.ts'

export interface RewriteDeps {
  readonly store: ObjectStore
  readonly kind: ProjectionKind
  readonly reader: FileReader
}

/** Rows of a file in the order of the key, each key once. A file of another engine is read as a whole. */
export async function* sortedRows(
  { kind, reader }: Pick<RewriteDeps, 'kind' | 'reader'>,
  entry: FileEntry,
  selection: BoundSelection = bindSelection(kind, {}),
): AsyncGenerator<Batch> {
  if (entry.footerCrc !== undefined) yield* reader.read(entry, selection)
  else yield kind.merge(await Array.fromAsync(reader.read(entry, selection)))
}

/** What is left of a file without some rows. */
export type Rewritten =
  /** It has none of them. */
  { readonly kind: 'untouched' } | { readonly kind: 'gone' } | { readonly kind: 'rewritten'; readonly add: Add }

/**
 * Writes a file again without the rows of a selection. Invariant: every other row stays as it is, and nothing is written where there is nothing to leave out.
 */
export const rewriteWithout = async (
  deps: RewriteDeps,
  entry: FileEntry,
  selection: BoundSelection,
  nowMs: number,
): Promise<Rewritten> => {
  if (isCovered(selection, entry)) return { kind: 'gone' }
  const { kind, store } = deps
  const file: DataFile = startDataFile(store, kind, entry)
  let leftOut = 0
  for await (const batch of sortedRows(deps, entry)) {
    const kept = selectRows(kind, batch, selection, 0)
    leftOut += batch.length - kept.length
    if (kept.length > 0) file.add(kind.merge([kept]))
  }
  if (leftOut === 0) return { kind: 'untouched' }
  const add = await file.finish({ nowMs, dataChange: true })
  return add === undefined ? { kind: 'gone' } : { kind: 'rewritten', add }
}
