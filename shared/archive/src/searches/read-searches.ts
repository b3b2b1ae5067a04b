import type { SearchRecord } from '@fleetlake/contracts'
import type { SearchFile, SearchPeriod, SearchTable } from './search-table.ts'

type Asked = SearchRecord & { readonly kind: 'asked' }
type Ended = SearchRecord & { readonly kind: 'ended' }
type Exported = SearchRecord & { readonly kind: 'exported' }
type Unreadable = SearchRecord & { readonly kind: 'unreadable' }

/** A search, how it ended, and what was exported of it. */
export interface AskedSearch extends Asked {
  /** Undefined while it runs, and of one whose finder could not say any more. */
  readonly ended: Pick<Ended, 'status' | 'rows' | 'elapsedMs'> | undefined
  /** Exports of it in what was read. */
  readonly exports: number
}

/** What people did, in one line each. */
export type AuditEntry = AskedSearch | Exported | Unreadable

export interface AuditFilter extends SearchPeriod {
  readonly person?: string | undefined
  readonly query?: string | undefined
}

/** The end of a search is stored this long after its beginning at most: it may wait, and run, for an hour each. */
const LONGEST_MS = 2 * 3_600_000 + 600_000
/** Exports whose search is older than what was read so far, at most. */
const MOST_HELD = 10_000

const newestFirst = (a: SearchRecord, b: SearchRecord): number => b.at - a.at || b.sequence - a.sequence

const isSame = (a: SearchRecord | undefined, b: SearchRecord): boolean =>
  a !== undefined && a.at === b.at && a.sequence === b.sequence && a.kind === b.kind && a.query === b.query

/**
 * All records, the newest first, each once, whether it is in one file, in several or still in the stream. Invariant: no more files are in memory than overlap in time.
 * @param files the newest first, as `SearchTable.files` gives them
 * @param pending what the stream holds
 */
export async function* recordsIn(
  files: readonly SearchFile[],
  pending: readonly SearchRecord[],
): AsyncGenerator<SearchRecord> {
  let held: SearchRecord[] = pending.toSorted(newestFirst)
  let before: SearchRecord | undefined
  for (let i = 0; i <= files.length; i++) {
    const limit = files.at(i)?.last ?? -Infinity
    const at = i < files.length ? held.findIndex((record) => record.at <= limit) : held.length
    const ready = at < 0 ? held.length : at
    for (const record of held.slice(0, ready)) {
      if (!isSame(before, record)) yield record
      before = record
    }
    held = held.slice(ready)
    if (i < files.length) held = [...held, ...(await files[i].read())].toSorted(newestFirst)
  }
}

/**
 * Who searched and exported what, the newest first. Invariant: a search is told with its end, if that was stored; memory is bounded, however long the period is.
 * @param records the newest first, also those of `LONGEST_MS` after the period, in which ends are
 */
export async function* auditOf(
  records: AsyncIterable<SearchRecord>,
  { from, to, person, query }: AuditFilter,
): AsyncGenerator<AuditEntry> {
  const ends = new Map<string, Ended>()
  const exports = new Map<string, number>()
  const isAskedFor = (record: SearchRecord): boolean =>
    record.at >= from &&
    record.at < to &&
    (person === undefined || record.person === person) &&
    (query === undefined || record.query === query)
  for await (const record of records) {
    if (record.at < from) return
    for (const [id, { at }] of ends) {
      if (at <= record.at + LONGEST_MS) break
      ends.delete(id)
    }
    switch (record.kind) {
      case 'ended':
        ends.set(record.query, record)
        break
      case 'exported':
        if (exports.size < MOST_HELD || exports.has(record.query))
          exports.set(record.query, (exports.get(record.query) ?? 0) + 1)
        if (isAskedFor(record)) yield record
        break
      case 'unreadable':
        if (isAskedFor(record)) yield record
        break
      case 'asked': {
        const end = ends.get(record.query)
        const ended = end && { status: end.status, rows: end.rows, elapsedMs: end.elapsedMs }
        if (isAskedFor(record)) yield { ...record, ended, exports: exports.get(record.query) ?? 0 }
        ends.delete(record.query)
        exports.delete(record.query)
      }
    }
  }
}

/** The period whose records tell all of a filter's: ends come after what they end. */
export const periodOfAudit = ({ from, to }: SearchPeriod): SearchPeriod => ({ from, to: to + LONGEST_MS })

/** Who searched and exported what, of the table and the stream, the newest first. @param table undefined while there is none */
export const readAudit = (
  table: Pick<SearchTable, 'files'> | undefined,
  pending: readonly SearchRecord[],
  filter: AuditFilter,
): AsyncGenerator<AuditEntry> => auditOf(recordsIn(table?.files(periodOfAudit(filter)) ?? [], pending), filter)
