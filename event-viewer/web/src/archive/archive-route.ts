import type { Snapshot } from '@fleetlake/archive'
import type { Context } from 'hono'
import { pack, type Packed, sendPacked } from '../http/packed.ts'
import { parseArchiveQuery } from './archive-query.ts'
import type { ArchiveSummary } from '../../api/archive-summary.ts'
import { createSummariser, NO_ARCHIVE } from './summarise-archive.ts'

/** Answers kept of one version: the pages of a few people. */
const MOST_KEPT = 32

/**
 * `GET /api/archive`: each question is answered once for each version of the table. Who does not see all vehicles is told no number of theirs.
 */
export const createArchiveRoute = (
  archive: () => Promise<Snapshot | undefined>,
  seesAll: (c: Context) => boolean,
): ((c: Context) => Promise<Response>) => {
  const summarise = createSummariser()
  let kept: { readonly version: number | undefined; readonly answers: Map<string, Promise<Packed>> } | undefined

  const packJson = (value: unknown): Promise<Packed> => pack(Buffer.from(JSON.stringify(value)), 'application/json')

  return async (c) => {
    const query = parseArchiveQuery(c.req.query())
    if (typeof query === 'string') return c.text(query, 400)
    const snapshot = await archive()
    if (kept === undefined || kept.version !== snapshot?.version) {
      kept = { version: snapshot?.version, answers: new Map() }
    }
    const { answers } = kept
    const isWhole = seesAll(c)
    const key = JSON.stringify([query.from, query.to, query.bins, isWhole])
    const found = answers.get(key)
    if (found !== undefined) return sendPacked(c, await found)
    const answer = packJson(summaryFor(snapshot === undefined ? NO_ARCHIVE : summarise(snapshot, query), isWhole))
    if (answers.size >= MOST_KEPT) answers.delete(answers.keys().next().value!)
    answers.set(key, answer)
    return sendPacked(c, await answer)
  }
}

const summaryFor = (summary: ArchiveSummary, isWhole: boolean): ArchiveSummary => {
  if (isWhole) return summary
  const { version, oldest, newest, measures, smallBytes } = summary
  return { ...NO_ARCHIVE, version, oldest, newest, measures, smallBytes, isHidden: true }
}
