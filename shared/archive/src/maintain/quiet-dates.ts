import type { DateFiles } from '../log/files.ts'
import type { Snapshot } from '../snapshot.ts'

/**
 * Remembers when the files of a date changed last, so that a date into which rows still come late is left alone, and which dates have nothing
 * left to do, so that they are not looked into again. A snapshot shares what has not changed with the one before.
 */
export interface QuietDates {
  /** @param nowMs monotonic */
  observe(snapshot: Snapshot, nowMs: number): void
  /** Its files have been the same for so long. */
  isQuiet(files: DateFiles, forMs: number, nowMs: number): boolean
  /** There is nothing to do for a closed date until its files change. */
  settle(files: DateFiles): void
  isSettled(files: DateFiles): boolean
}

export const createQuietDates = (): QuietDates => {
  let seen = new Map<string, { readonly files: DateFiles; readonly sinceMs: number }>()
  const settled = new WeakSet<DateFiles>()
  return {
    observe: ({ dates }, nowMs) => {
      const next: typeof seen = new Map()
      for (const [date, files] of dates) {
        const before = seen.get(date)
        next.set(date, before?.files === files ? before : { files, sinceMs: nowMs })
      }
      seen = next
    },
    isQuiet: (files, forMs, nowMs) => {
      const before = seen.get(files.date)
      return before?.files === files && nowMs - before.sinceMs >= forMs
    },
    settle: (files) => void settled.add(files),
    isSettled: (files) => settled.has(files),
  }
}
