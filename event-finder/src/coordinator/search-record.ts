import { type Message, type MessageInput, RECORDED_BYTES } from '@fleetlake/contracts'
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

/** For what a query may take beside waiting and running. */
const MARGIN_MS = 10_000

/** What is recorded of a query. Bounded: of an area or a list that is long its extent or its beginning, and its size. */
export const askedRecord = (
  query: Message<'vehicleQuery'>,
  { person, bounds }: { readonly person: string; readonly bounds: MicroBounds },
): MessageInput<'searchAsked'> => {
  const { vehicleTypes, vehicleIds, select, where, limit } = query
  const area = JSON.stringify(query.area)
  return {
    query: query.query,
    person,
    ...(bytesOf(area) > RECORDED_BYTES ? {} : { area }),
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
