import { personOfToken, type UsedArea, usedArea } from '@fleetlake/contracts'
import { z } from 'zod'
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
  /** Areas of the registry that the search has named, as they were then. */
  readonly areas?: readonly UsedArea[] | undefined
  /** Whether more was searched than these areas, around them. */
  readonly isAround?: boolean | undefined
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

/** What a record of a search that names areas says of them in its area: each is a Feature with id, name and version. */
const recordedArea = z.object({
  features: z.array(
    z.object({ properties: z.union([usedArea, z.object({ isAround: z.literal(true) }), z.null(), z.looseObject({})]) }),
  ),
})

const areasIn = (area: unknown): Pick<SearchFacts, 'areas' | 'isAround'> => {
  const { data } = recordedArea.safeParse(area)
  const said = data?.features.map(({ properties }) => properties) ?? []
  const areas = said.flatMap((properties) => usedArea.safeParse(properties).data ?? [])
  if (areas.length === 0) return {}
  return said.some((properties) => properties !== null && 'isAround' in properties)
    ? { areas, isAround: true }
    : { areas }
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
  if (area === undefined) return { ...place, ...asked, ...period, ...ended }
  const searched = parsed(area)
  return { ...place, ...asked, ...period, area: searched, ...areasIn(searched), ...ended }
}
