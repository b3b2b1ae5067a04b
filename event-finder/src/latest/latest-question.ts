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

/** The period that such a question is recorded with. */
export const periodOfLatest = (
  { from }: Pick<Message<'vehicleQuery'>, 'from'>,
  nowMs: number,
): Pick<Message<'vehicleQuery'>, 'from' | 'to'> => ({
  from: from === EVER.from ? new Date(0).toISOString() : from,
  to: new Date(nowMs).toISOString(),
})

export const VEHICLE_KEY = 'vehicle_id'

/** The search that a question for last positions is answered as: over the last positions of all keys, of which it selects. */
export const searchOfLatest = ({
  query,
  by,
  keys,
  areas,
  area = areas === undefined ? GLOBE : undefined,
  vehicleTypes,
  since,
  limit,
  timeoutMs,
  ttlMs,
}: Message<'latestQuery'>): Message<'vehicleQuery'> => ({
  query,
  ...(area === undefined ? {} : { area }),
  ...(areas === undefined ? {} : { areas }),
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
