import type { Message } from '@fleetlake/contracts'

/** All that a table can have. */
const EVER = { from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' }

export const GLOBE = {
  type: 'Polygon',
  coordinates: [
    [
      [-180, -90],
      [180, -90],
      [180, 90],
      [-180, 90],
      [-180, -90],
    ],
  ],
}

export const VEHICLE_KEY = 'vehicle_id'

/** The search that a question for last positions is answered as: over the last positions of all keys, of which it selects. */
export const searchOfLatest = ({
  query,
  by,
  keys,
  area = GLOBE,
  vehicleTypes,
  since,
  limit,
  timeoutMs,
  ttlMs,
}: Message<'latestQuery'>): Message<'vehicleQuery'> => ({
  query,
  area,
  from: since ?? EVER.from,
  to: EVER.to,
  ...(vehicleTypes === undefined ? {} : { vehicleTypes }),
  ...(keys === undefined || by !== VEHICLE_KEY ? {} : { vehicleIds: keys }),
  ...(by === VEHICLE_KEY ? {} : { select: [by] }),
  ...(limit === undefined ? {} : { limit }),
  timeoutMs,
  ttlMs,
  mode: 'parallel',
})
