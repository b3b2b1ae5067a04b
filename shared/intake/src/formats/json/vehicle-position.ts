import type { Fill } from './block-maker.ts'
import { notNegative } from './set-others.ts'

/** An entity of a feed as its bindings make a plain object of it, as far as it is read; what is not said is not there. */
export interface FeedEntity {
  readonly id?: string
  readonly isDeleted?: boolean
  readonly vehicle?: {
    readonly vehicle?: { readonly id?: string; readonly label?: string; readonly licensePlate?: string }
    readonly position?: {
      readonly latitude: number
      readonly longitude: number
      /** Degrees from north. */
      readonly bearing?: number
      /** m */
      readonly odometer?: number
      /** m/s */
      readonly speed?: number
    }
    /** s since the epoch. */
    readonly timestamp?: number
    readonly trip?: {
      readonly tripId?: string
      readonly routeId?: string
      readonly directionId?: number
      readonly startTime?: string
      readonly startDate?: string
    }
    readonly currentStopSequence?: number
    readonly stopId?: string
    readonly currentStatus?: string
    readonly congestionLevel?: string
    readonly occupancyStatus?: string
    readonly occupancyPercentage?: number
  }
}

export interface VehiclePosition {
  readonly entity: FeedEntity
  readonly timeMs: number
  /** Not the header's. */
  readonly isOwnTime: boolean
}

/** The vehicle is the one that passengers' systems name, else what is written on it; the entity's own id need not be a vehicle's. */
export const fillVehicle: Fill<VehiclePosition> = (table, { entity, timeMs, isOwnTime }) => {
  const { vehicle: descriptor, position, trip, ...said } = entity.vehicle!
  table.set('vehicle_id', descriptor?.id || descriptor?.label || descriptor?.licensePlate || undefined)
  table.set('event_time', timeMs)
  table.set('longitude', position?.longitude)
  table.set('latitude', position?.latitude)
  table.set('speed', notNegative(position?.speed))
  table.set('heading', position?.bearing)
  table.set('odometer', position?.odometer)
  table.set('time_from', isOwnTime ? 'vehicle' : 'header')
  table.set('entity_id', entity.id)
  table.set('vehicle_label', descriptor?.label)
  table.set('license_plate', descriptor?.licensePlate)
  table.set('trip_id', trip?.tripId)
  table.set('route_id', trip?.routeId)
  table.set('direction_id', trip?.directionId)
  table.set('trip_start_time', trip?.startTime)
  table.set('trip_start_date', trip?.startDate)
  table.set('current_stop_sequence', said.currentStopSequence)
  table.set('stop_id', said.stopId)
  table.set('current_status', said.currentStatus)
  table.set('congestion_level', said.congestionLevel)
  table.set('occupancy_status', said.occupancyStatus)
  table.set('occupancy_percentage', said.occupancyPercentage)
}
