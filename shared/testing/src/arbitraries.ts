import type { PositionRow } from '@fleetlake/columnar'
import { toMicroDegrees } from '@fleetlake/core'
import fc from 'fast-check'

export interface PositionLimits {
  /** Degrees; the whole globe when missing. */
  readonly west?: number
  readonly south?: number
  readonly east?: number
  readonly north?: number
  /** ms since the epoch, `[from, to)`; the year 2026 when missing. */
  readonly from?: number
  readonly to?: number
  /** How many vehicles there are; few make equal ids likely. */
  readonly vehicles?: number
}

const TYPES = ['bus', 'taxi', 'truck', 'ambulance']

/** Degrees that lie on a millionth, or just beside one. */
const degrees = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.double({ min, max, noNaN: true }),
    fc.integer({ min: Math.ceil(min * 1e6), max: Math.floor(max * 1e6) }).map((micro) => micro / 1e6),
  )

/** A position that can be true. */
export const position = (limits: PositionLimits = {}): fc.Arbitrary<PositionRow> => {
  const { west = -180, south = -90, east = 180, north = 90, vehicles = 50 } = limits
  const { from = Date.UTC(2026, 0, 1), to = Date.UTC(2027, 0, 1) } = limits
  const any = fc.record({
    vehicleId: fc.integer({ min: 1, max: vehicles }).map((n) => `vehicle-${n}`),
    vehicleType: fc.constantFrom(...TYPES),
    eventTime: fc.integer({ min: from, max: to - 1 }),
    longitude: degrees(west, east),
    latitude: degrees(south, north),
    speed: fc.oneof(fc.constant(NaN), fc.float({ min: 0, max: 60, noNaN: true })),
    heading: fc.oneof(fc.constant(NaN), fc.float({ min: 0, max: 359, noNaN: true })),
  })
  return any.filter(({ longitude, latitude }) => toMicroDegrees(longitude) !== 0 || toMicroDegrees(latitude) !== 0)
}

export const positions = (limits: PositionLimits & { readonly maxLength?: number } = {}): fc.Arbitrary<PositionRow[]> =>
  fc.array(position(limits), { maxLength: limits.maxLength ?? 50 })
