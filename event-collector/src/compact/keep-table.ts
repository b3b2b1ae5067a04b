import { isNotAsRead } from '@fleetlake/archive'
import { codeField, reasonOf } from '@fleetlake/core'
import type { Log } from '@fleetlake/service'

/** How a table beside `moves` is kept in order. */
export interface KeptTable<Opened> {
  /** E.g. "the registry". */
  readonly what: string
  /** @returns undefined while there is none */
  open(): Promise<Opened | undefined>
  /** Done each time. @returns how many files were merged */
  merge(table: Opened): Promise<number>
  /** Done now and then. @returns how many files were deleted that nobody needs any more */
  tidy(table: Opened): Promise<number>
  close(table: Opened): Promise<void>
}

export interface KeepOptions {
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly tidyEveryMs: number
  readonly signal: AbortSignal
}

export interface TableKeeper {
  keep(): Promise<void>
  close(): Promise<void>
}

/** Keeps a table in order. Invariant: what is wrong with it is told, and keeps no other from being kept. */
export const createTableKeeper = <Opened>(
  { what, open, merge, tidy, close }: KeptTable<Opened>,
  { log, tidyEveryMs, signal }: KeepOptions,
): TableKeeper => {
  let table: Opened | undefined
  let tidiedMs = -Infinity
  return {
    keep: async () => {
      try {
        table ??= await open()
        if (table === undefined) return
        const merged = await merge(table)
        if (merged > 0) log.info({ files: merged }, `files of ${what} were merged`)
        if (performance.now() - tidiedMs < tidyEveryMs || signal.aborted) return
        const deleted = await tidy(table)
        tidiedMs = performance.now()
        if (deleted > 0) log.info({ files: deleted }, `files of ${what} that nobody needs were deleted`)
      } catch (error) {
        if (isNotAsRead(error)) table = undefined
        if (!signal.aborted) log.warn(codeField(error), `${what} is not kept in order: ${reasonOf(error)}`)
      }
    },
    close: async () => {
      if (table !== undefined) await close(table)
    },
  }
}
