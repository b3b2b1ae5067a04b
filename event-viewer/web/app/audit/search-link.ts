import type { KnownSearch } from '../../api/searches.ts'
import { addressOf } from '../search/address/search-url.ts'
import { readArea } from '../search/area/read-area.ts'
import { DEFAULT_LIMIT, DEFAULT_TIMEOUT_MS, type Shape, type Where } from '../search/request/search-request.ts'
import { MAX_LIMIT } from '../hub/search/search-answer.ts'

const isGlobe = ({ west, south, east, north }: NonNullable<KnownSearch['bounds']>): boolean =>
  west <= -180 && south <= -90 && east >= 180 && north >= 90

/** The drawn areas of a search, as far as they were kept. */
export const shapesOf = ({ area }: KnownSearch): readonly Shape[] | undefined => {
  if (area === undefined) return undefined
  try {
    return readArea(JSON.stringify(area)).shapes
  } catch {
    return undefined
  }
}

const whereOf = (search: KnownSearch): Where | undefined => {
  const { bounds } = search
  if (bounds !== undefined && isGlobe(bounds)) return { kind: 'everywhere' }
  const shapes = shapesOf(search)
  if (shapes !== undefined) return { kind: 'shapes', shapes }
  if (search.areas !== undefined && search.isAround !== true)
    return { kind: 'areas', areas: search.areas.map(({ id }) => id) }
  return bounds && { kind: 'view', bounds: [bounds.west, bounds.south, bounds.east, bounds.north] }
}

/**
 * Where the search page makes this search again: in its polygons as they were; in the areas that it named, as they are now, where they were too long to be kept; within its bounds where its area was too long to be kept, and for the ids that were kept.
 * @returns undefined for what is no search, and for one that no address can hold
 */
export const searchLink = (
  search: KnownSearch,
): { readonly path: string; readonly query: Record<string, string | string[] | null> } | undefined => {
  const where = whereOf(search)
  if (search.kind !== 'search' || where === undefined || search.from === undefined || search.to === undefined)
    return undefined
  const query = addressOf({
    where,
    when: { kind: 'exact', from: Date.parse(search.from), to: Date.parse(search.to) },
    types: search.vehicleTypes ?? [],
    ids: search.vehicleIds ?? [],
    select: search.select ?? [],
    filter: search.where ?? '',
    limit: Math.min(search.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
    timeoutMs: DEFAULT_TIMEOUT_MS,
  })
  return query && { path: '/search', query }
}
