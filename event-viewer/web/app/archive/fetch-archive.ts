import { askServer } from '../login/ask-server.ts'
import type { Period } from '../shell/period.ts'
import type { ArchiveSummary } from '../../api/archive-summary.ts'

export interface ArchiveQuery {
  /** The table's whole extent when missing. */
  readonly period?: Period
  readonly bins: number
  readonly signal?: AbortSignal
}

/** @throws Error that says what the viewer's service answered */
export const fetchArchive = async ({ period, bins, signal }: ArchiveQuery): Promise<ArchiveSummary> => {
  const query = new URLSearchParams({ bins: String(bins) })
  if (period !== undefined) {
    query.set('from', String(Math.floor(period.from)))
    query.set('to', String(Math.ceil(period.to)))
  }
  const response = await askServer(`/api/archive?${query}`, signal === undefined ? {} : { signal })
  if (!response.ok) throw new Error(`The archive can’t be read: ${(await response.text()) || response.statusText}.`)
  return (await response.json()) as ArchiveSummary
}
