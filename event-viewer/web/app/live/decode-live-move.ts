import { CONTENT_TYPES, decodeForeignPositions, decodePositions, jsonMove, positionsOfRows } from '@fleetlake/contracts'
import type { Positions } from '@fleetlake/core'

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON.
 * @returns a promise only where the slow library is needed
 * @throws or rejects with whatever is wrong with what is none of these
 */
export const decodeLiveMove = (payload: Uint8Array, contentType: string | undefined): Positions | Promise<Positions> =>
  contentType === CONTENT_TYPES.json
    ? decodeJson(payload)
    : (decodePositions(payload) ?? decodeForeignPositions(payload))

const decodeJson = (payload: Uint8Array): Positions => {
  const row = jsonMove.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)))
  return positionsOfRows([
    {
      vehicleId: row.vehicle_id,
      vehicleType: row.vehicle_type,
      eventTime: Date.parse(row.event_time),
      longitude: row.longitude,
      latitude: row.latitude,
      speed: row.speed ?? NaN,
      heading: row.heading ?? NaN,
    },
  ])
}
