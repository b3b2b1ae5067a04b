import { areaNameKey, isAreaId } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { Entry, RegistryView } from '../entries.ts'
import { nearestTexts } from './nearest-texts.ts'

export type AreaEntry = Entry<'areas'>

type View = Pick<RegistryView, 'entries'>

/** By its id, or by its name, whose case does not matter. */
export const findArea = (view: View, nameOrId: string): AreaEntry | undefined => {
  const areas = view.entries('areas')
  if (isAreaId(nameOrId)) return areas.get(nameOrId)
  const key = areaNameKey(nameOrId)
  for (const entry of areas.values()) if (areaNameKey(entry.value.name) === key) return entry
  return undefined
}

/** Of names that are told as what may have been meant. */
const MOST_NEAR = 3

/** Why there is no such area, with the names that are nearest. */
export const noSuchArea = (view: View, nameOrId: string): string => {
  const names = [...view.entries('areas').values()].map(({ value }) => value.name)
  const said = JSON.stringify(nameOrId)
  if (names.length === 0)
    return `there is no area ${said}, nor any other: add one on the search page, or with \`fleet areas add\``
  const near = nearestTexts(areaNameKey(nameOrId), names, areaNameKey).slice(0, MOST_NEAR)
  if (near.length === 0) return `there is no area ${said}: \`fleet areas list\` shows those that there are`
  return `there is no area ${said}; did you mean ${near.map((name) => JSON.stringify(name)).join(', ')}?`
}

/**
 * Areas by their names or ids, each once, in the order in which they are first named.
 * @throws FleetError `area.invalid` with the nearest names of each that is not there
 */
export const findAreas = (view: View, namesOrIds: readonly string[]): AreaEntry[] => {
  const byKey = new Map([...view.entries('areas').values()].map((entry) => [areaNameKey(entry.value.name), entry]))
  const found = namesOrIds.map((text) =>
    isAreaId(text) ? view.entries('areas').get(text) : byKey.get(areaNameKey(text)),
  )
  const missing = namesOrIds.filter((_, i) => found[i] === undefined)
  if (missing.length > 0) throw new FleetError('area.invalid', missing.map((text) => noSuchArea(view, text)).join('; '))
  return [...new Set(found as AreaEntry[])]
}

/** Areas as one, for a search: what lies in any of them lies in it. */
export const joinAreas = (areas: readonly AreaEntry[]): object => ({
  type: 'FeatureCollection',
  features: areas.map(({ id, version, value: { name, geometry } }) => ({
    type: 'Feature',
    properties: { id, name, version },
    geometry,
  })),
})
