import { createFormat, type FormatName } from '@fleetlake/viewer-core'
import type { FoundRows } from '../search-answer.ts'
import { foundPositions } from './found-positions.ts'
import { MEDIA_TYPES } from './file-name.ts'

export interface WriteRowsOptions {
  readonly format: FormatName
  /** Of the answer. */
  readonly status: string
  /** Rows so far. */
  readonly onProgress: (rows: number) => void
}

const ROWS_PER_BATCH = 20_000

/** Found rows as a file. Its parts go into the blob as they are written, which browsers keep out of the page's memory when there are many. */
export const writeRows = (found: FoundRows, { format: name, status, onProgress }: WriteRowsOptions): Blob => {
  const format = createFormat(name)
  const parts: Blob[] = [new Blob([format.head()])]
  let rows = 0
  for (const batch of foundPositions(found, ROWS_PER_BATCH)) {
    parts.push(new Blob([format.rows(batch)]))
    rows += batch.length
    onProgress(rows)
  }
  parts.push(new Blob([format.tail(status)]))
  return new Blob(parts, { type: MEDIA_TYPES[name] })
}
