import type { SearchRecord } from '@fleetlake/contracts'
import type { Add } from '../log/actions.ts'
import { firstActions } from '../log/first-actions.ts'
import { makeCheckpoint } from '../log/make-checkpoint.ts'
import { type LogOptions, openLog } from '../log/open-log.ts'
import { decodePath } from '../paths.ts'
import { type FlatRow, hasOnly, smallSchemaString } from '../small/small-file.ts'
import { commitInfo, removeOf, smallFilesIn, vacuumActions } from '../small/small-files.ts'
import { smallLogIn, type SmallState } from '../small/small-log.ts'
import type { ObjectStore } from '../store/object-store.ts'
import { type MergeFile, planMerge } from './plan-merge.ts'
import { flatSearch, SEARCH_COLUMNS, searchOfFlat } from './search-row.ts'

/**
 * The table `searches` beside `moves`: who searched what, and what was exported. It is not held in memory; its files are of one month each, and as many as
 * years of searches need.
 */
export interface SearchTable {
  readonly version: number
  /** By appId: up to which sequence of a stream it holds the records. */
  readonly txns: ReadonlyMap<string, number>
  /** By appId: when the server stored the record at that sequence, ms since the epoch. */
  readonly txnTimes: ReadonlyMap<string, number>
  /** Reads what came since; without news it costs one get. @throws FleetError `table.damaged`, `table.replaced`, `store.failed` */
  refresh(): Promise<void>
  /**
   * Adds the records of a stream from one sequence to another, durably once it resolves. Invariant: a sequence of a stream is in it once, whoever else adds.
   * @returns 'stale' when another has added since `from`
   * @throws FleetError `store.failed` when it is not known whether they were added: refresh tells; `table.damaged`, `table.replaced`, `table.unsupported`
   */
  append(records: readonly SearchRecord[], move: SearchMove): Promise<'added' | 'stale'>
  /** The files of a period, the newest records' first. */
  files(period: SearchPeriod): SearchFile[]
  /** Whether the table as last read has a file of this path. */
  names(path: string): boolean
  /** Makes a version that adds nothing: what was decided upon an earlier one is decided again. */
  takeVersion(): Promise<void>
  close(): Promise<void>
}

/** ms since the epoch, `[from, to)`. */
export interface SearchPeriod {
  readonly from: number
  readonly to: number
}

export interface SearchMove {
  readonly appId: string
  readonly from: number
  readonly to: number
  /** When the server stored the record at `to`. */
  readonly timestampMs: number
}

/** Some records of the table. */
export interface SearchFile {
  /** When the newest of its records was stored, ms since the epoch. */
  readonly last: number
  /** @throws FleetError `table.invalid`, `store.failed` */
  read(): Promise<readonly SearchRecord[]>
}

const NAME = 'searches'
const LEVEL_TAG = 'fleetlake.level'

const TABLE = { name: NAME, columns: SEARCH_COLUMNS } as const
/** Of a table that is told apart by its log alone. */
export const searchLogIn = (store: ObjectStore): ReturnType<typeof smallLogIn> => smallLogIn(store, TABLE)

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 'YYYY-MM'.length)

/** When the first and the last of a file's records were stored; all of time where its statistics do not say. */
const spanOf = ({ stats }: Add): { readonly first: number; readonly last: number; readonly rows: number } => {
  try {
    const { numRecords, minValues, maxValues } = JSON.parse(stats ?? '{}') as Record<string, { at?: string }>
    const [first, last] = [Date.parse(minValues?.at ?? ''), Date.parse(maxValues?.at ?? '')]
    const isKnown = !Number.isNaN(first) && !Number.isNaN(last)
    return isKnown ? { first, last, rows: Number(numRecords) } : { first: -Infinity, last: Infinity, rows: Infinity }
  } catch {
    return { first: -Infinity, last: Infinity, rows: Infinity }
  }
}

const mergeFileOf = (add: Add): MergeFile => {
  const path = decodePath(add.path)
  const level = Number(add.tags?.[LEVEL_TAG] ?? Number.NaN)
  return {
    path,
    month: path.slice(0, 'YYYY-MM'.length),
    level: Number.isInteger(level) ? level : undefined,
    bytes: add.size,
    rows: spanOf(add).rows,
  }
}

/**
 * Opens the table of searches.
 * @param store rooted at the table's folder
 * @returns undefined when there is none and none is to be made
 * @throws FleetError `table.damaged`, `table.invalid`, `table.unsupported`, `store.failed`
 */
export const openSearchTable = async (
  store: ObjectStore,
  { create = false, ...options }: LogOptions & { readonly create?: boolean } = {},
): Promise<SearchTable | undefined> => {
  const description = {
    name: NAME,
    schemaString: smallSchemaString(SEARCH_COLUMNS),
    partitionColumns: [],
    configuration: {},
  }
  const log = await openLog<SmallState>(store, searchLogIn(store), {
    makeCheckpoint,
    ...options,
    create: create ? (stamp) => firstActions(description, stamp) : undefined,
  })
  if (log === undefined) return undefined
  const files = smallFilesIn(store, TABLE)

  const write = (
    rows: readonly FlatRow<typeof SEARCH_COLUMNS>[],
    how: {
      readonly nowMs: number
      readonly dataChange: boolean
      readonly month: string
      readonly level: number | undefined
    },
  ): Promise<Add> => {
    const micros = rows.map(({ at }) => at ?? 0n)
    const timeOf = (one: bigint): string => new Date(Number(one / 1_000n)).toISOString()
    const [first, last] = micros.reduce(
      ([low, high], at) => [at < low ? at : low, at > high ? at : high],
      [micros[0], micros[0]],
    )
    return files.write(rows, {
      nowMs: how.nowMs,
      dataChange: how.dataChange,
      folder: `${how.month}/`,
      isPacked: true,
      ...(how.level === undefined ? {} : { tags: { [LEVEL_TAG]: String(how.level) } }),
      stats: { minValues: { at: timeOf(first) }, maxValues: { at: timeOf(last) } },
    })
  }

  /** Invariant: every row of the files stays, with every value. */
  const merge = async (state: SmallState, nowMs: number) => {
    if (!hasOnly(SEARCH_COLUMNS, state.metaData.schemaString)) return []
    const adds = [...state.files.values()].toSorted((a, b) => spanOf(a).first - spanOf(b).first)
    const planned = planMerge(adds.map(mergeFileOf))
    if (planned === undefined) return []
    const gone = planned.paths.map((path) => state.files.get(path)!)
    const rows: FlatRow<typeof SEARCH_COLUMNS>[] = []
    for (const add of gone) for (const row of await files.rows(add)) rows.push(row)
    const { month, level } = planned
    return [
      ...gone.map((add) => removeOf(add, nowMs)),
      { add: await write(rows, { nowMs, dataChange: false, month, level }) },
    ]
  }

  return {
    get version() {
      return log.state.version
    },
    get txns() {
      return log.state.txns
    },
    get txnTimes() {
      return log.state.txnTimes
    },
    refresh: async () => void (await log.refresh()),
    append: async (records, { appId, from, to, timestampMs }) => {
      await log.refresh()
      const committed = await log.commit<'stale'>({
        decide: ({ txns }) => ((txns.get(appId) ?? 0) === from ? undefined : 'stale'),
        check: files.checkWritable,
        actions: async (state, stamp) => {
          const { nowMs } = stamp
          const months = Map.groupBy(records, ({ at }) => monthOf(at))
          const adds: { add: Add }[] = []
          for (const [month, some] of months) {
            adds.push({ add: await write(some.map(flatSearch), { nowMs, dataChange: true, month, level: 0 }) })
          }
          const txn = { appId, version: to, lastUpdated: timestampMs }
          return [commitInfo('WRITE', state, stamp), { txn }, ...adds, ...(await merge(state, nowMs))]
        },
      })
      return committed === 'stale' ? 'stale' : 'added'
    },
    files: ({ from, to }) =>
      [...log.state.files.values()]
        .map((add) => ({ add, ...spanOf(add) }))
        .filter(({ first, last }) => first < to && last >= from)
        .toSorted((a, b) => b.last - a.last)
        .map(({ add, last }) => ({
          last,
          read: async () => (await files.rows(add)).map((row) => searchOfFlat(row, decodePath(add.path))),
        })),
    names: (path) => log.state.files.has(path),
    takeVersion: async () => {
      await log.commit<never>({
        decide: () => undefined,
        check: files.checkWritable,
        actions: vacuumActions,
      })
    },
    close: log.close,
  }
}
