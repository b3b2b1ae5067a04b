import type { SortKey } from './order-vehicles.ts'

export interface VehicleColumn {
  readonly key: SortKey
  readonly label: string
  /** What it means, where the label does not say. */
  readonly about?: string
  readonly isNumber: boolean
  /** CSS grid track: beside the map there is little room. */
  readonly narrow?: string
  readonly wide: string
}

export const VEHICLE_COLUMNS: readonly VehicleColumn[] = [
  { key: 'id', label: 'Vehicle', isNumber: false, narrow: 'minmax(0,1fr)', wide: 'minmax(10rem,2fr)' },
  { key: 'type', label: 'Type', isNumber: false, wide: 'minmax(5rem,1fr)' },
  { key: 'firstSeen', label: 'First seen', isNumber: false, wide: 'minmax(8.5rem,1fr)' },
  { key: 'lastSeen', label: 'Last seen', isNumber: false, wide: 'minmax(8.5rem,1fr)' },
  {
    key: 'points',
    label: 'Points',
    about: 'Reports that were found',
    isNumber: true,
    narrow: '4.25rem',
    wide: 'minmax(5rem,1fr)',
  },
  {
    key: 'distance',
    label: 'Distance',
    about: 'Along the reports; gaps count for nothing',
    isNumber: true,
    narrow: '5rem',
    wide: 'minmax(6rem,1fr)',
  },
  {
    key: 'timeInside',
    label: 'Inside',
    about: 'Time between reports inside the area; gaps count for nothing',
    isNumber: true,
    narrow: '5.25rem',
    wide: 'minmax(6.5rem,1fr)',
  },
]
