import type { FoundRows } from '@fleetlake/viewer-core'
import {
  type AnswerFormat,
  FORMAT_TRAITS,
  type FormatName,
  type FormatOptions,
  foundPositions,
  openFormat,
} from '@fleetlake/viewer-core'

export interface WriteRowsOptions extends FormatOptions {
  readonly format: FormatName
  /** Of the answer. */
  readonly status: string
  /** Rows so far. */
  readonly onProgress: (rows: number) => void
}

const ROWS_PER_BATCH = 20_000

/**
 * Found rows as a file. Its parts go into the blob as they are written, which browsers keep out of the page's memory when there are many.
 * The rows are sorted by vehicle and time, as formats that draw lines want them.
 */
export const writeRows = async (
  found: FoundRows,
  { format: name, status, onProgress, ...options }: WriteRowsOptions,
): Promise<Blob> => {
  const format = await openFormat(name, { ...options, cadences: found.cadences })
  const parts: Blob[] = [blobOf(format.head())]
  let rows = 0
  for (const batch of foundPositions(found, ROWS_PER_BATCH)) {
    parts.push(blobOf(format.rows(batch)))
    rows += batch.length
    onProgress(rows)
  }
  parts.push(blobOf(format.tail(status)))
  return new Blob(parts, { type: FORMAT_TRAITS[name].mediaType })
}

const blobOf = (piece: ReturnType<AnswerFormat['head']>): Blob => new Blob([piece as BlobPart])
