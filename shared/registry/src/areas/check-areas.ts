import { areaNameKey } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import type { RegistryView } from '../entries.ts'
import { MAX_AREAS_BYTES, MAX_CHANGES, refuse } from '../limits.ts'
import { area, type NamedArea } from './area.ts'
import { checkGeometry } from './check-geometry.ts'
import type { AreaEntry } from './find-area.ts'

/** An area as it is given. */
export interface GivenArea extends Omit<NamedArea, 'geometry'> {
  /** GeoJSON that a search takes as its area. */
  readonly geometry: unknown
  /** What it is called where it is refused, such as `feature 3`. */
  readonly where?: string
}

/** Areas can't be added, and why: a sentence each. Nothing was changed. */
export class AreasRefused extends FleetError {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super('registry.invalid', faults.length === 1 ? faults[0] : `${faults.length} areas can't be added`)
    this.faults = faults
  }
}

/** Bytes of one commit: its file is read at once by every service. */
const COMMIT_BYTES = 16 * 1024 * 1024

export interface CheckedArea {
  readonly where: string
  readonly value: NamedArea
  readonly json: string
}

/** @throws FleetError `registry.invalid` with what is wrong, and where */
export const checkArea = ({ where, geometry, ...rest }: GivenArea): CheckedArea => {
  const called = where ?? `the area ${JSON.stringify(rest.name.slice(0, 64))}`
  let kept: NamedArea['geometry']
  try {
    kept = checkGeometry(geometry)
  } catch (error) {
    if (error instanceof FleetError && error.code === 'area.invalid') return refuse(`${called}: ${reasonOf(error)}`)
    throw error
  }
  const { success, data, error } = area.safeParse({ ...rest, geometry: kept })
  if (!success) {
    const [{ path, message }] = error.issues
    return refuse(`${called}: its ${path.join('.')} ${message}`)
  }
  return { where: called, value: data, json: JSON.stringify(data) }
}

/** Checks all; which of them have one name is told with both. @throws AreasRefused */
export const checkAreas = (given: readonly GivenArea[]): CheckedArea[] => {
  const faults: string[] = []
  const checked: CheckedArea[] = []
  const first = new Map<string, string>()
  for (const each of given) {
    try {
      const one = checkArea(each)
      const key = areaNameKey(one.value.name)
      const before = first.get(key)
      if (before === undefined) {
        first.set(key, one.where)
        checked.push(one)
      } else faults.push(`${one.where} has the name of ${before}, ${JSON.stringify(one.value.name)}`)
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'registry.invalid') throw error
      faults.push(error.message)
    }
  }
  if (faults.length > 0) throw new AreasRefused(faults)
  return checked
}

/** As commits take them. */
export const partsOf = (areas: readonly CheckedArea[]): CheckedArea[][] => {
  const parts: CheckedArea[][] = []
  let bytes = Infinity
  for (const one of areas) {
    const last = parts.at(-1)
    bytes += one.json.length
    if (last === undefined || bytes > COMMIT_BYTES || last.length === MAX_CHANGES) {
      parts.push([one])
      bytes = one.json.length
    } else last.push(one)
  }
  return parts
}

/** By what no two areas have the same of. */
export const byNameKey = (view: RegistryView): Map<string, AreaEntry> =>
  new Map([...view.entries('areas').values()].map((entry) => [areaNameKey(entry.value.name), entry]))

const jsonBytes = (text: string | undefined): number => (text === undefined ? 0 : Buffer.byteLength(text))

/** All areas are in the memory of every service that uses them. @throws FleetError `registry.invalid` */
export const checkBytes = (
  view: RegistryView,
  areas: readonly CheckedArea[],
  there: ReadonlyMap<string, AreaEntry>,
): void => {
  const held = [...view.entries('areas').keys()].reduce(
    (sum, id) => sum + jsonBytes(view.find('areas', id)?.change.value),
    0,
  )
  const more = areas.reduce((sum, { json, value }) => {
    const before = there.get(areaNameKey(value.name))
    return sum + jsonBytes(json) - jsonBytes(before && view.find('areas', before.id)?.change.value)
  }, 0)
  if (more > 0 && held + more > MAX_AREAS_BYTES)
    refuse(
      `all areas together may take ${MAX_AREAS_BYTES} bytes of JSON, and these would make it ${held + more}: remove some first, or simplify them`,
    )
}

/** @throws AreasRefused with every name that is another area's */
export const checkNames = (areas: readonly CheckedArea[], there: ReadonlyMap<string, AreaEntry>): void => {
  const faults = areas.flatMap(({ where, value: { name } }) => {
    const other = there.get(areaNameKey(name))
    return other === undefined ? [] : [`${where}: there is an area ${JSON.stringify(other.value.name)} already`]
  })
  if (faults.length > 0) throw new AreasRefused(faults)
}
