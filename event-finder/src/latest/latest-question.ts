import { MAX_FILTER_BYTES, textBytes } from '@fleetlake/columnar'
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
const periodOfLatest = (
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

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The filter that selects some texts of a column; undefined where it is longer than a filter may be. */
const filterOf = (by: string, keys: readonly string[]): string | undefined => {
  const filter = `"${by.replaceAll('"', '""')}" in (${keys.map(quoted).join(', ')})`
  return filter.isWellFormed() && textBytes(filter) <= MAX_FILTER_BYTES ? filter : undefined
}

/**
 * What a question for some keys is recorded as: a search of these up to now. Invariant: only vehicles are recorded as such; of another column the keys are a filter, or are left out where they are too many.
 * @param query as `searchOfLatest` has it
 */
export const recordedSearch = (
  query: Message<'vehicleQuery'>,
  { by, keys }: { readonly by: string; readonly keys: readonly string[] },
  nowMs: number,
): Message<'vehicleQuery'> => {
  const where = by === VEHICLE_KEY ? undefined : filterOf(by, keys)
  return {
    ...query,
    ...periodOfLatest(query, nowMs),
    ...(by === VEHICLE_KEY ? { vehicleIds: [...keys] } : {}),
    ...(where === undefined ? {} : { where }),
  }
}
