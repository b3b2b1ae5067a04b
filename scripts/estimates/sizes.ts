import { type GivenFleet } from '@fleetlake/event-estimator'

/** A fleet of the docs, and how it is spread and run. */
export interface Size {
  readonly name: string
  readonly fleet: GivenFleet
  /** What of its figures was measured. */
  readonly basis: string
}

const CITY = 500
const COUNTRY = { areaKm2: 357_000, geohashLength: 4, partitions: 32, collectors: 8 }

export const SIZES: readonly Size[] = [
  { name: '100 in a city', fleet: { vehicles: 100, areaKm2: CITY }, basis: 'extrapolated' },
  {
    name: '1,500 in a city',
    fleet: { vehicles: 1_500, areaKm2: CITY },
    basis: 'extrapolated; as fast as possible: measured',
  },
  {
    name: '15,000 in a city',
    fleet: { vehicles: 15_000, areaKm2: CITY },
    basis: 'extrapolated; as fast as possible: measured',
  },
  {
    name: '100,000 in a region of 5,000 km²',
    fleet: { vehicles: 100_000, areaKm2: 5_000 },
    basis: 'hub and collectors measured in a city for 90 s',
  },
  {
    name: '1,000,000 in a city',
    fleet: { vehicles: 1_000_000, areaKm2: CITY },
    basis: 'hub and collectors measured for 10 minutes',
  },
  {
    name: '1,000,000 in a country of 357,000 km²',
    fleet: { vehicles: 1_000_000, ...COUNTRY },
    basis: 'extrapolated',
  },
]

/** Those of the pages of clouds. */
export const CLOUD_SIZES: readonly Size[] = [SIZES[2], SIZES[5]]
