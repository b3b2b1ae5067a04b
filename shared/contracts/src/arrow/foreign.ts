import { FleetError, type Positions } from '@fleetlake/core'
import { type PositionRow, positionsOfRows } from './rows.ts'

/**
 * Positions from Arrow of any layout that has the columns (other producers' dictionaries, units, several batches, …), by way
 * of the Arrow library. Far slower than `decodePositions`; loaded when first needed.
 * @throws FleetError `arrow.invalid`
 */
export const decodeForeignPositions = async (payload: Uint8Array): Promise<Positions> => {
  const { tableFromIPC } = await import('apache-arrow')
  let table
  try {
    table = tableFromIPC(payload)
  } catch (error) {
    throw new FleetError('arrow.invalid', 'not an Arrow IPC stream', { cause: error })
  }
  const column = (name: string, optional = false): ((i: number) => unknown) => {
    const vector = table.getChild(name)
    if (vector !== null) return (i) => vector.get(i)
    if (optional) return () => null
    throw new FleetError('arrow.invalid', `the Arrow batch has no column ${name}`)
  }
  const [id, type, time] = [column('vehicle_id'), column('vehicle_type'), column('event_time')]
  const [longitude, latitude] = [column('longitude'), column('latitude')]
  const [speed, heading] = [column('speed', true), column('heading', true)]
  const rows = Array.from({ length: table.numRows }, (_, i): PositionRow => {
    const [vehicleId, vehicleType] = [id(i), type(i)]
    if (typeof vehicleId !== 'string' || typeof vehicleType !== 'string') {
      throw new FleetError('arrow.invalid', `row ${i}: vehicle_id and vehicle_type must be texts`)
    }
    return {
      vehicleId,
      vehicleType,
      // Others count microseconds or nanoseconds; ours are whole ms.
      eventTime: Math.floor(numberOf(time(i))),
      longitude: numberOf(longitude(i)),
      latitude: numberOf(latitude(i)),
      speed: numberOf(speed(i)),
      heading: numberOf(heading(i)),
    }
  })
  return positionsOfRows(rows)
}

/**
 * The column `reason` of a dead letter, one text a row.
 * @throws FleetError `arrow.invalid`
 */
export const decodeReasons = async (payload: Uint8Array): Promise<string[]> => {
  const { tableFromIPC } = await import('apache-arrow')
  try {
    return [...(tableFromIPC(payload).getChild('reason') ?? [])].map(String)
  } catch (error) {
    throw new FleetError('arrow.invalid', 'not an Arrow IPC stream', { cause: error })
  }
}

/** Numbers stay, the rest is NaN and is judged with the row. Arrow's timestamps come as ms. */
const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.getTime()
  return NaN
}
