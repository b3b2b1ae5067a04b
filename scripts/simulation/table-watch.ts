import type { ObjectStore } from '@fleetlake/archive'
import { parquetReadObjects } from 'hyparquet'
import { zstdDecompressSync } from 'node:zlib'
import { nameOf } from './ledger.ts'

/** The table as its log and its files say, read without any code of Fleetlake: every version, as soon as it is looked at. */
export interface TableWatch {
  /** Reads the versions that came since. @returns what is wrong with them */
  look(): Promise<string[]>
  /** The names of all rows that the newest version has. */
  rows(): string[]
  readonly version: number
  readonly compactions: number
}

interface Actions {
  readonly add?: { readonly path: string; readonly dataChange: boolean }
  readonly remove?: { readonly path: string; readonly dataChange: boolean }
  readonly txn?: { readonly appId: string; readonly version: number }
}

const compressors = { ZSTD: (compressed: Uint8Array): Uint8Array => zstdDecompressSync(compressed) }
const decoder = new TextDecoder()

/** Whether all rows of two lists are the same, but for repetitions of rows that may be repeated: a compaction keeps one. */
const isSame = (before: readonly string[], after: readonly string[], mayRepeat: (row: string) => boolean): boolean => {
  const once = (rows: readonly string[]): string[] => [
    ...rows.filter((row) => !mayRepeat(row)),
    ...new Set(rows.filter(mayRepeat)),
  ]
  return once(before).toSorted().join() === once(after).toSorted().join()
}

/** @param mayRepeat of a row that may be brought into the table again */
export const createTableWatch = (store: ObjectStore, mayRepeat: (row: string) => boolean = () => false): TableWatch => {
  const files = new Map<string, readonly string[]>()
  /** Every row that a version has brought. */
  const brought = new Set<string>()
  const offsets = new Map<string, number>()
  let version = -1
  let compactions = 0

  const rowsOf = async (path: string): Promise<string[]> => {
    const bytes = await store.get(decodeURIComponent(path))
    if (bytes === undefined) throw new Error(`version ${version + 1} names ${path}, which is not there`)
    const file = bytes.slice().buffer
    const rows = await parquetReadObjects({ file, columns: ['vehicle_id', 'event_time'], compressors })
    return rows.map((row) => nameOf({ vehicle: String(row['vehicle_id']), eventTime: Number(row['event_time']) }))
  }
  const apply = async (actions: readonly Actions[]): Promise<string[]> => {
    const faults: string[] = []
    const [added, removed]: [string[], string[]] = [[], []]
    for (const { add, remove, txn } of actions) {
      if (txn !== undefined) {
        if (txn.version < (offsets.get(txn.appId) ?? 0)) faults.push(`the offset of ${txn.appId} went back`)
        offsets.set(txn.appId, txn.version)
      }
      if (remove !== undefined) {
        const rows = files.get(remove.path)
        if (rows === undefined) faults.push(`${remove.path} is removed and was not there`)
        else if (remove.dataChange) faults.push(`${remove.path} is removed with its rows`)
        else removed.push(...rows)
        files.delete(remove.path)
      }
      if (add === undefined) continue
      const rows = await rowsOf(add.path)
      files.set(add.path, rows)
      if (!add.dataChange) added.push(...rows)
      else {
        for (const row of rows) {
          if (brought.has(row) && !mayRepeat(row)) faults.push(`the row ${row} is brought into the table twice`)
          brought.add(row)
        }
      }
    }
    if (removed.length > 0 || added.length > 0) {
      compactions++
      if (!isSame(removed, added, mayRepeat)) faults.push('a compaction changes rows')
    }
    return faults
  }
  return {
    look: async () => {
      const faults: string[] = []
      for (;;) {
        const bytes = await store.get(`_delta_log/${String(version + 1).padStart(20, '0')}.json`)
        if (bytes === undefined) return faults
        const lines = decoder.decode(bytes).trim().split('\n')
        const found = await apply(lines.map((line) => JSON.parse(line) as Actions))
        version++
        faults.push(...found.map((fault) => `version ${version}: ${fault}`))
      }
    },
    rows: () => [...files.values()].flat(),
    get version() {
      return version
    },
    get compactions() {
      return compactions
    },
  }
}
