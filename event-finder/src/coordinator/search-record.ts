import { type Message, type MessageInput, RECORDED_BYTES } from '@fleetlake/contracts'
import type { NamedAreas } from '../areas/name-areas.ts'
import { countPositions, type MicroBounds, toDegrees } from '@fleetlake/core'

const utf8 = new TextEncoder()
const bytesOf = (text: string): number => utf8.encode(text).length

/** The first of some texts, as many as have room as JSON. */
const firstOf = (texts: readonly string[]): string[] => {
  let bytes = 2
  const end = texts.findIndex((text) => (bytes += bytesOf(JSON.stringify(text)) + 1) > RECORDED_BYTES)
  return texts.slice(0, end < 0 ? texts.length : end)
}

const degreesOf = ({ west, south, east, north }: MicroBounds): Record<keyof MicroBounds, number> => ({
  west: toDegrees(west),
  south: toDegrees(south),
  east: toDegrees(east),
  north: toDegrees(north),
})

/** An area as a record has it: what it is called is in the properties. */
const featureOf = (properties: object, geometry: unknown): object => ({ type: 'Feature', properties, geometry })

/**
 * What is recorded of where is searched, GeoJSON: the area as it was given, or a Feature of each area that was named, with its id, name and version. Where that is too long, the polygons of named areas are left
 * out: the registry has them, by id and version. Undefined for a drawn area that is too long.
 */
const recordedArea = (area: unknown, { entries, isAround }: NamedAreas): string | undefined => {
  if (entries.length === 0) return withinBytes(JSON.stringify(area))
  const featuresOf = (isWhole: boolean): object[] => [
    ...(isAround ? [featureOf({ isAround }, isWhole ? area : null)] : []),
    ...entries.map(({ id, version, value: { name, geometry } }) =>
      featureOf({ id, name, version }, isWhole && !isAround ? geometry : null),
    ),
  ]
  const collection = (features: readonly object[]): string => JSON.stringify({ type: 'FeatureCollection', features })
  const short = featuresOf(false)
  return (
    withinBytes(collection(featuresOf(true))) ??
    withinBytes(collection(short)) ??
    // Long names of many areas: as many as have room.
    short.map((_, i) => withinBytes(collection(short.slice(0, -1 - i)))).find((text) => text !== undefined)
  )
}

const withinBytes = (text: string): string | undefined => (bytesOf(text) > RECORDED_BYTES ? undefined : text)

/** For what a query may take beside waiting and running. */
const MARGIN_MS = 10_000

/** What is recorded of a query. Bounded: of an area or a list that is long its extent or its beginning, and its size. */
export const askedRecord = (
  query: Message<'vehicleQuery'>,
  { person, named, bounds }: { readonly person: string; readonly named: NamedAreas; readonly bounds: MicroBounds },
): MessageInput<'searchAsked'> => {
  const { vehicleTypes, vehicleIds, select, where, limit } = query
  const area = recordedArea(query.area, named)
  return {
    query: query.query,
    person,
    ...(area === undefined ? {} : { area }),
    bounds: degreesOf(bounds),
    corners: countPositions(query.area),
    from: query.from,
    to: query.to,
    types: vehicleTypes?.length ?? 0,
    ids: vehicleIds?.length ?? 0,
    ...(vehicleTypes === undefined ? {} : { vehicleTypes: firstOf(vehicleTypes) }),
    ...(vehicleIds === undefined ? {} : { vehicleIds: firstOf(vehicleIds) }),
    ...(select === undefined ? {} : { select: firstOf(select) }),
    ...(where === undefined ? {} : { where }),
    ...(limit === undefined ? {} : { limit }),
    endsWithinMs: query.ttlMs + query.timeoutMs + MARGIN_MS,
  }
}
