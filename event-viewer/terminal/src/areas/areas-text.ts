import { countPositions, givenPolygons, squareKilometersOf } from '@fleetlake/core'
import { type AreaEntry, type NamedArea, showChange, type Registry, type ShownChange } from '@fleetlake/registry'
import { humanCount, humanTime, plural } from '@fleetlake/viewer-core'
import { renderTable } from '../terminal/render-table.ts'

export const sizeText = (geometry: NamedArea['geometry']): string =>
  `${squareKilometersOf(givenPolygons(geometry)).toLocaleString('en-US', { maximumSignificantDigits: 3 })} km²`

/** An area for machines. */
export const areaFacts = ({ id, version, value, who, at }: AreaEntry): object => ({
  id,
  version,
  ...value,
  changedAt: humanTime(at),
  changedBy: who,
})

/** Areas for people, a line each. */
export const linesOfAreas = (areas: readonly AreaEntry[]): string[] =>
  renderTable([
    ['name', 'id', 'size', 'positions', 'version', 'last changed'],
    ...areas.map(({ id, version, value: { name, geometry }, who, at }) => [
      name,
      id,
      sizeText(geometry),
      humanCount(countPositions(geometry)),
      String(version),
      `${humanTime(at)} by ${who}`,
    ]),
  ])

/** One area for people. */
export const linesOfArea = ({ id, version, value, who, at }: AreaEntry): string[] => {
  const { name, geometry, description, colour, properties = {}, validFrom } = value
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['name', name],
    ['id', id],
    ['description', description],
    ['colour', colour],
    ['holds', validFrom === undefined ? 'always' : `from ${validFrom} on`],
    [
      'polygons',
      `${plural(givenPolygons(geometry).length, 'polygon')}, ${plural(countPositions(geometry), 'position')}, ${sizeText(geometry)}`,
    ],
    ...Object.entries(properties).map(([key, said]): [string, string] => [`  ${key}`, String(said)]),
    ['version', `${version}, ${humanTime(at)} by ${who}`],
  ]
  return renderTable(rows.flatMap(([key, said]) => (said === undefined ? [] : [[key, said]])))
}

/** A Feature of an export: any GIS reads it. */
export const featureOf = ({ id, version, value: { name, geometry, properties, ...rest } }: AreaEntry): object => ({
  type: 'Feature',
  id,
  properties: { ...properties, ...rest, name, version },
  geometry,
})

/** All that was done to an area, the newest last; also of one that is gone, by its id or the last name that it had. */
export const historyOf = async (
  registry: Registry,
  isOf: (area: NamedArea, id: string) => boolean,
): Promise<ShownChange[]> => {
  const changes = (await registry.history()).filter(({ kind }) => kind === 'areas').map(showChange)
  const byId = Map.groupBy(changes, ({ id }) => id)
  const found = [...byId.entries()].findLast(([id, some]) => {
    const last = some.findLast(({ value }) => value !== undefined)
    return last !== undefined && isOf(last.value as unknown as NamedArea, id)
  })
  return found?.[1] ?? []
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What a change has changed. */
const whatChanged = (before: ShownChange | undefined, { value, isRemoved, fault }: ShownChange): string => {
  if (isRemoved) return 'removed'
  if (value === undefined) return `does not count: ${fault}`
  const [old, now] = [before?.value as NamedArea | undefined, value as unknown as NamedArea]
  if (old === undefined) return `added as ${now.name}, ${sizeText(now.geometry)}`
  const parts = [
    ...(old.name === now.name ? [] : [`renamed from ${old.name} to ${now.name}`]),
    ...(sameJson(old.geometry, now.geometry)
      ? []
      : [`polygons from ${sizeText(old.geometry)} to ${sizeText(now.geometry)}`]),
    ...(old.validFrom === now.validFrom
      ? []
      : [`holds ${now.validFrom === undefined ? 'always' : `from ${now.validFrom} on`}`]),
  ]
  return parts.length === 0 ? 'other properties' : parts.join('; ')
}

export const linesOfHistory = (changes: readonly ShownChange[]): string[] =>
  renderTable([
    ['version', 'changed', 'by', 'what'],
    ...changes.map((change, i) => [
      String(change.version),
      humanTime(change.at),
      change.who,
      whatChanged(changes[i - 1], change),
    ]),
  ])
