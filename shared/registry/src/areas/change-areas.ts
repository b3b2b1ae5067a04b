import { areaName, areaNameKey } from '@fleetlake/contracts'
import { type RegistryView } from '../entries.ts'
import { refuse } from '../limits.ts'
import type { Registry } from '../open-registry.ts'
import { byNameKey, checkArea, checkBytes } from './check-areas.ts'
import { type AreaEntry, findArea, noSuchArea } from './find-area.ts'

/** What is done to areas: each is one commit, decided upon the entries as they are. `who` does it. All throw FleetError `registry.invalid` and `registry.conflict`. */

export interface ChangeAreaOptions {
  readonly who: string
  /** The version that the caller has seen; whichever holds when missing. */
  readonly expected?: number | undefined
}

const findToChange = (view: RegistryView, nameOrId: string): AreaEntry => {
  const entry = findArea(view, nameOrId)
  return entry ?? refuse(noSuchArea(view, nameOrId))
}

/** Gives an area another name; its id stays, and so do links. */
export const renameArea = async (
  registry: Registry,
  { nameOrId, name }: { readonly nameOrId: string; readonly name: string },
  { who, expected }: ChangeAreaOptions,
): Promise<AreaEntry> => {
  const { success, error } = areaName.safeParse(name)
  if (!success) refuse(`${JSON.stringify(name.slice(0, 64))} is no name of an area: it ${error.issues[0].message}`)
  let id = ''
  await registry.change((view) => {
    const entry = findToChange(view, nameOrId)
    id = entry.id
    const other = byNameKey(view).get(areaNameKey(name))
    if (other !== undefined && other.id !== id) refuse(`there is an area ${JSON.stringify(other.value.name)} already`)
    if (entry.value.name === name) return []
    return [{ kind: 'areas', id, value: { ...entry.value, name }, expected: expected ?? entry.version }]
  }, who)
  return registry.entries('areas').get(id)!
}

/** Gives an area another polygon, and what else of it is given; its id and name stay. */
export const changeGeometry = async (
  registry: Registry,
  { nameOrId, ...given }: { readonly nameOrId: string; readonly geometry: unknown; readonly validFrom?: string },
  { who, expected }: ChangeAreaOptions,
): Promise<AreaEntry> => {
  let id = ''
  await registry.change((view) => {
    const entry = findToChange(view, nameOrId)
    id = entry.id
    const checked = checkArea({ ...entry.value, ...given })
    checkBytes(view, [checked], new Map([[areaNameKey(entry.value.name), entry]]))
    return [{ kind: 'areas', id, value: checked.value, expected: expected ?? entry.version }]
  }, who)
  return registry.entries('areas').get(id)!
}

/** Removes areas, all or none. @returns as they were */
export const removeAreas = async (
  registry: Registry,
  namesOrIds: readonly string[],
  { who, expected }: ChangeAreaOptions,
): Promise<readonly AreaEntry[]> => {
  let gone: AreaEntry[] = []
  await registry.change((view) => {
    gone = [...new Map(namesOrIds.map((text) => findToChange(view, text)).map((entry) => [entry.id, entry])).values()]
    return gone.map(({ id, version }) => ({ kind: 'areas', id, value: null, expected: expected ?? version }))
  }, who)
  return gone
}
