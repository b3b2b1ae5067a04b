import { bytesOfTexts, createIdTable, type IdTable } from '@fleetlake/columnar'
import type { Batch } from '../table/batch.ts'
import { latestBatch } from './latest.ts'

/** A row of latest, its texts as UTF-8 bytes. */
export interface LatestPart {
  readonly by: Uint8Array
  readonly key: Uint8Array
  readonly vehicle: Uint8Array
  readonly vehicleType: Uint8Array
  /** ms since the epoch. */
  readonly eventTime: number
  /** Whole millionths of a degree. */
  readonly longitude: number
  readonly latitude: number
  /** NaN where there is none. */
  readonly speed: number
  readonly heading: number
  readonly revision: number
}

const numberOf = (table: IdTable, text: Uint8Array): number => table.numberOf(text, 0, text.length)

/** @param capacity rows that there is room for */
export const createLatestBatch = (capacity: number): { add(part: LatestPart): void; finish(): Batch } => {
  const [bys, keys, ids, types] = Array.from({ length: 4 }, createIdTable)
  const [by, key, vehicle, vehicleType, longitude, latitude] = Array.from({ length: 6 }, () => new Int32Array(capacity))
  const [eventTime, revision] = Array.from({ length: 2 }, () => new Float64Array(capacity))
  const [speed, heading] = Array.from({ length: 2 }, () => new Float32Array(capacity))
  let length = 0
  return {
    add: (part) => {
      by[length] = numberOf(bys, part.by)
      key[length] = numberOf(keys, part.key)
      vehicle[length] = numberOf(ids, part.vehicle)
      vehicleType[length] = numberOf(types, part.vehicleType)
      eventTime[length] = part.eventTime
      longitude[length] = part.longitude
      latitude[length] = part.latitude
      speed[length] = part.speed
      heading[length] = part.heading
      revision[length] = part.revision
      length++
    },
    finish: () =>
      latestBatch({
        length,
        by: by.subarray(0, length),
        bys: bytesOfTexts(bys.texts()),
        key: key.subarray(0, length),
        keys: bytesOfTexts(keys.texts()),
        vehicle: vehicle.subarray(0, length),
        vehicleIds: bytesOfTexts(ids.texts()),
        vehicleType: vehicleType.subarray(0, length),
        vehicleTypes: bytesOfTexts(types.texts()),
        eventTime: eventTime.subarray(0, length),
        longitude: longitude.subarray(0, length),
        latitude: latitude.subarray(0, length),
        speed: speed.subarray(0, length),
        heading: heading.subarray(0, length),
        revision: revision.subarray(0, length),
      }),
  }
}
