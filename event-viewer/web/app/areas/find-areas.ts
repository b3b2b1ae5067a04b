import type { KnownArea } from '../../api/areas.ts'

/** As the registry compares names: a test compares. */
export const areaKey = (name: string): string =>
  name.normalize('NFC').replaceAll(/\s+/g, ' ').trim().normalize('NFKC').toLowerCase()

/** Areas that a link or a form names, by id or name, each once; and names of those that are not there. */
export const findAreas = (
  areas: readonly KnownArea[],
  namesOrIds: readonly string[],
): { readonly found: readonly KnownArea[]; readonly missing: readonly string[] } => {
  const known = new Map([
    ...areas.map((area) => [areaKey(area.name), area] as const),
    ...areas.map((area) => [area.id, area] as const),
  ])
  const each = namesOrIds.map((text) => known.get(text) ?? known.get(areaKey(text)))
  return {
    found: [...new Set(each.filter((area) => area !== undefined))],
    missing: namesOrIds.filter((_, i) => each[i] === undefined),
  }
}

/** An area that a person has seen as it is known now: others change areas too. One that is gone is as it was seen. */
export const currentArea = (areas: readonly KnownArea[] | undefined, seen: KnownArea): KnownArea =>
  areas?.find(({ id }) => id === seen.id) ?? seen

/** Areas whose name has a text in it. */
export const areasLike = (areas: readonly KnownArea[], text: string): readonly KnownArea[] => {
  const key = areaKey(text)
  return key === '' ? areas : areas.filter(({ name }) => areaKey(name).includes(key))
}

export type Polygon = readonly (readonly (readonly [number, number])[])[]

export const polygonsOf = ({ geometry }: Pick<KnownArea, 'geometry'>): readonly Polygon[] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
