import type { AuditEntry, AuditFilter } from '@fleetlake/archive'
import { searchFacts } from '@fleetlake/archive'
import { personToken } from '@fleetlake/contracts'
import type { Context } from 'hono'
import type { KnownSearches } from '../../api/searches.ts'
import { parseSearchesQuery } from './searches-query.ts'

/** What was read, and what could not be. */
export interface ReadSearches {
  readonly entries: AsyncIterable<AuditEntry>
  readonly note: string | undefined
}

export interface SearchesDeps {
  read(filter: AuditFilter): Promise<ReadSearches>
}

/** `GET /api/searches`: who searched for what, the newest first. It is read anew each time, and kept by nobody on the way. */
export const createSearchesRoute =
  ({ read }: SearchesDeps): ((c: Context) => Promise<Response>) =>
  async (c) => {
    c.header('Cache-Control', 'no-store')
    const query = parseSearchesQuery(c.req.query(), Date.now())
    if (typeof query === 'string') return c.text(query, 400)
    const { limit, person, ...period } = query
    const { entries, note } = await read({ ...period, person: person === undefined ? undefined : personToken(person) })
    const searches = []
    for await (const entry of entries) {
      searches.push(searchFacts(entry))
      if (searches.length > limit) break
    }
    const answer: KnownSearches = {
      searches: searches.slice(0, limit),
      isMore: searches.length > limit,
      ...(note === undefined ? {} : { note }),
    }
    return c.json(answer)
  }
