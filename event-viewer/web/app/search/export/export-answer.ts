import type { FormatName, FormatOptions } from '@fleetlake/viewer-core'
import { proxy, wrap } from 'comlink'
import type { SearchAnswer } from '../../hub/search/search-answer.ts'
import { useHub } from '../../hub/use-hub.ts'
import { exportName } from './file-name.ts'
import type { ExportThread } from './export-worker.ts'

/**
 * Writes an answer as a file in a thread of its own, and hands it to the browser to save. Invariant: that it leaves is recorded before.
 * @throws Error when the file can't be written, or it can't be recorded
 */
export const exportAnswer = async (
  answer: SearchAnswer,
  { format, ...options }: FormatOptions & { readonly format: FormatName },
  onProgress: (rows: number) => void,
): Promise<void> => {
  // Progress and the end come through ports of their own, in no order: progress after the end is ignored.
  let isOver = false
  const tell = (rows: number): void => {
    if (!isOver) onProgress(rows)
  }
  const worker = new Worker(new URL('./export-worker.ts', import.meta.url), { type: 'module', name: 'export' })
  try {
    const failed = new Promise<never>((_, reject) => {
      worker.addEventListener('error', ({ message }) => reject(new Error(message || 'the thread did not load')))
    })
    const { writeRows } = wrap<ExportThread>(worker)
    const writing = writeRows(answer.found, { ...options, format, status: answer.outcome.status }, proxy(tell))
    const blob = await Promise.race([writing, failed])
    const recorded = await useHub().thread.recordExport({ query: answer.query, format, rows: answer.found.length })
    if (!recorded.ok) throw new Error(recorded.message)
    save(blob, exportName(answer, format))
  } finally {
    isOver = true
    worker.terminate()
  }
}

/** How long the browser may take to begin reading. */
const KEEP_MS = 60_000

const save = (blob: Blob, name: string): void => {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
}
