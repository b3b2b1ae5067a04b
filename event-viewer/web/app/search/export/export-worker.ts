import type { FoundRows } from '@fleetlake/viewer-core'
import { expose } from 'comlink'
import { writeRows, type WriteRowsOptions } from './write-rows.ts'

/** Functions cross the threads' border only as arguments of their own. */
const thread = {
  writeRows: (
    found: FoundRows,
    options: Omit<WriteRowsOptions, 'onProgress'>,
    onProgress: WriteRowsOptions['onProgress'],
  ): Promise<Blob> => writeRows(found, { ...options, onProgress }),
}
export type ExportThread = typeof thread

expose(thread)
