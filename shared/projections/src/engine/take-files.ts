import { type Chunk, rowsOfFile } from '@fleetlake/archive'
import type { Rows } from '@fleetlake/columnar'
import type { FoldDeps, FoldRequest } from './fold-deps.ts'

/** What became of reading files: all were read, one is not there any more, or what they came to takes more than there is. */
export type Taken = { readonly status: 'taken' | 'too-large' } | { readonly status: 'lost'; readonly path: string }

export interface TakeOptions {
  readonly take: (file: Chunk, rows: Rows) => void
  /** Asked before each file, and after the last. */
  readonly isTooLarge: () => boolean
  /** Names of those that rows are to have. */
  readonly measures: readonly string[]
}

/**
 * Gives the rows of files, one after the other.
 * @throws FleetError for a file that is there and can't be read, or is missing though the pinned version names it
 */
export const takeFiles = async (
  { files }: FoldRequest,
  { moves, snapshot, onRows, signal }: FoldDeps,
  { take, isTooLarge, measures }: TakeOptions,
): Promise<Taken> => {
  const wanted = snapshot.measures.filter(({ name }) => measures.includes(name))
  for (const file of files) {
    signal.throwIfAborted()
    if (isTooLarge()) return { status: 'too-large' }
    try {
      for await (const rows of rowsOfFile(moves, file, wanted)) {
        take(file, rows)
        onRows(rows.length)
      }
    } catch (error) {
      const isNamed = snapshot.find(file.path) !== undefined
      if (isNamed || (await moves.size(file.path)) !== undefined) throw error
      return { status: 'lost', path: file.path }
    }
  }
  return { status: files.length > 0 && isTooLarge() ? 'too-large' : 'taken' }
}
