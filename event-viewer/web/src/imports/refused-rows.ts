import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { refusedLine, type RefusedRow } from '@fleetlake/intake'

/** The rows that an import did not take, as a file of bounded size. */
export interface RefusedRows {
  add(row: RefusedRow): void
  /** Counts rows of before that are not to be had any more. */
  miss(rows: number): void
  /** Resolves when more may be added. */
  whenWritten(): Promise<void>
  counts(): { readonly refused: number; readonly kept: number }
  /** @throws what kept the file from being written */
  close(): Promise<void>
}

const MOST_BYTES = 64 * 1024 * 1024

/** Invariant: the file has the first `kept` rows, whole, and all `refused` rows are counted; once one is missing no more are kept. */
export const createRefusedRows = (path: string, mostBytes = MOST_BYTES): RefusedRows => {
  const out = createWriteStream(path)
  let [refused, kept, bytes] = [0, 0, 0]
  let fault: Error | undefined
  out.on('error', (error) => {
    fault = error
  })
  const checked = (): void => {
    if (fault !== undefined) throw fault
  }
  return {
    add: (row) => {
      refused++
      if (kept < refused - 1) return
      const line = Buffer.from(refusedLine(row))
      if (bytes + line.length > mostBytes) return
      kept++
      bytes += line.length
      out.write(line)
    },
    miss: (rows) => {
      refused += rows
    },
    whenWritten: async () => {
      if (out.writableNeedDrain && fault === undefined) await once(out, 'drain').catch(() => undefined)
      checked()
    },
    counts: () => ({ refused, kept }),
    close: async () => {
      out.end()
      await finished(out).catch(() => undefined)
      checked()
    },
  }
}
