import { type Positions, positionsOfRows } from '@fleetlake/columnar'
import { jsonMove } from './messages.ts'

/**
 * The one position of a `move` of content type `application/json`.
 * @throws whatever is wrong with a payload that is none
 */
export const decodeJsonMove = (payload: Uint8Array): Positions => {
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
