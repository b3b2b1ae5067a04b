import type { City } from '../core/city.ts'
import { createFleet, type Fleet } from '../core/fleet.ts'
import { createReportColumns } from '../core/report-columns.ts'
import type { Share } from '../core/share.ts'
import { type GenerationOptions, vehicleIdPrefix } from '@fleetlake/contracts'
import type { RoutedRows } from '../batching/router.ts'
import { encodeVehicleIds } from '../batching/vehicle-ids.ts'

/** Vehicles that one tick moves without a pause: some 10 ms of work. */
const SLICE_VEHICLES = 32_768

/** Some vehicles of a share with the reports of their present tick. */
export interface Slice extends RoutedRows {
  readonly fleet: Fleet
  /** The first report that has not been put into a batch. */
  next: number
}

export interface SliceOptions {
  readonly run: string
  readonly city: City
  readonly options: GenerationOptions
  readonly startTime: number
  readonly events: number
  readonly share: Share
}

/**
 * A share cut into parts that are simulated one after the other, so that a large fleet does not block the process.
 * @throws FleetError `generation.refused` for an unknown vehicle type or district
 */
export function* cutIntoSlices({ run, city, options, startTime, events, share }: SliceOptions): Generator<Slice> {
  const prefix = vehicleIdPrefix(run, options.vehicleIds)
  for (let from = 0; from < share.count; from += SLICE_VEHICLES) {
    const part: Share = {
      first: share.first + from * share.stride,
      stride: share.stride,
      count: Math.min(SLICE_VEHICLES, share.count - from),
    }
    const fleet = createFleet({ ...options, city, startTime, events, share: part })
    const { first, stride } = part
    yield {
      fleet,
      reports: createReportColumns(fleet.size),
      ids: encodeVehicleIds(part, prefix),
      first,
      stride,
      next: 0,
    }
  }
}
