import { personOfToken } from '@fleetlake/contracts'
import type { AuditEntry } from './read-searches.ts'

/** What is known of a search or an export, for machines: what does not apply is missing. */
export interface SearchFacts {
  readonly kind: 'search' | 'export' | 'unreadable'
  /** When the hub stored it, RFC 3339. */
  readonly at: string
  /** A name; of an account, or `anyone` where no login is needed. */
  readonly person: string
  readonly query?: string | undefined
  /** GeoJSON; missing when it was too long to be kept. */
  readonly area?: unknown
  readonly bounds?:
    | { readonly west: number; readonly south: number; readonly east: number; readonly north: number }
    | undefined
  /** Positions of the area. */
  readonly corners?: number | undefined
  /** The period that was searched, `[from, to)`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** The first of those that were asked for. */
  readonly vehicleTypes?: readonly string[] | undefined
  /** How many were asked for; 0: any. */
  readonly types?: number | undefined
  readonly vehicleIds?: readonly string[] | undefined
  readonly ids?: number | undefined
  readonly select?: readonly string[] | undefined
  readonly where?: string | undefined
  readonly limit?: number | undefined
  /** Missing while it runs, and where its finder could not say any more. */
  readonly status?: string | undefined
  /** Found, or exported where that is known. */
  readonly rows?: number | undefined
  readonly elapsedMs?: number | undefined
  /** How often it was exported, as far as that was read. */
  readonly exports?: number | undefined
  readonly format?: string | undefined
  readonly reason?: string | undefined
}

const parsed = (area: string): unknown => {
  try {
    return JSON.parse(area)
  } catch {
    return area
  }
}

const utc = (instant: string): string => new Date(instant).toISOString()

const KINDS = { asked: 'search', exported: 'export', unreadable: 'unreadable' } as const

export const searchFacts = (entry: AuditEntry): SearchFacts => {
  const { kind, at, sequence: _, person, query, ...rest } = entry
  const place = {
    kind: KINDS[kind],
    at: new Date(at).toISOString(),
    person: personOfToken(person) ?? person,
    ...(query === '' ? {} : { query }),
  }
  if (!('ended' in rest)) return { ...place, ...rest }
  const { area, from, to, ended, endsWithinMs: __, ...asked } = rest
  const period = { from: utc(from), to: utc(to) }
  return { ...place, ...asked, ...period, ...(area === undefined ? {} : { area: parsed(area) }), ...ended }
}
