import { humanCount, plural } from '@fleetlake/viewer-core'
import type { KnownSearch } from '../../api/searches.ts'
import { areaText, unitedSquareKilometers } from '../search/area/measure-shapes.ts'
import { shapesOf } from './search-link.ts'

/** Which areas are named, or how large the area is; its extent where it was too long to be kept. */
export const sizeText = (search: KnownSearch): string => {
  const { bounds, corners = 0, areas, isAround } = search
  if (areas !== undefined)
    return `${isAround === true ? 'around ' : 'in '}${areas.map(({ name, version }) => `${name} (version ${version})`).join(', ')}`
  if (bounds === undefined) return ''
  const { west, south, east, north } = bounds
  if (west <= -180 && south <= -90 && east >= 180 && north >= 90) return 'everywhere'
  const shapes = shapesOf(search)
  if (shapes !== undefined) return areaText(unitedSquareKilometers(shapes))
  const box = [[[west, south] as const, [east, south], [east, north], [west, north], [west, south]]] as const
  return `within ${areaText(unitedSquareKilometers([box]))} (${plural(corners, 'position')})`
}

const MOST_NAMED = 3

const listText = (noun: string, texts: readonly string[] = [], count = 0): string[] => {
  if (count === 0) return []
  if (count > MOST_NAMED)
    return [`${texts.slice(0, MOST_NAMED).join(', ')} and ${humanCount(count - MOST_NAMED)} more ${noun}`]
  return [texts.join(', ')]
}

/** Which vehicles and positions were asked for, or what else was done. */
export const whatText = (search: KnownSearch): string => {
  if (search.kind === 'export') return `Exported as ${search.format}`
  if (search.kind === 'unreadable') return `Not readable: ${search.reason}`
  const parts = [
    ...listText('ids', search.vehicleIds, search.ids),
    ...listText('types', search.vehicleTypes, search.types),
    ...(search.where === undefined ? [] : [search.where]),
  ]
  return parts.length === 0 ? 'all vehicles' : parts.join('; ')
}

/** How it ended. */
export const endText = ({ kind, status }: KnownSearch): string =>
  kind === 'search' ? (status ?? 'not ended').replace('-', ' ') : ''
