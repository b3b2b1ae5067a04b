/** Coordinates at rest and in comparisons: whole millionths of a degree, WGS84. */
export const MICRO_PER_DEGREE = 1e6

/** Whole millionths of a degree, `-0` never. */
export const toMicroDegrees = (degrees: number): number => Math.round(degrees * MICRO_PER_DEGREE) + 0

export const toDegrees = (microDegrees: number): number => microDegrees / MICRO_PER_DEGREE

/** The one rounding of coordinates: to 1e-6 degrees. Idempotent, so that every intake may apply it again. */
export const roundDegrees = (degrees: number): number => toDegrees(toMicroDegrees(degrees))

/** A vehicle's id and type take 1 to this number of bytes of UTF-8. */
export const MAX_TEXT_BYTES = 255

/** Why a position can't be true; its order is the order of the checks. */
export type PositionFault =
  | 'time-not-a-number'
  | 'position-not-a-number'
  | 'off-the-globe'
  | 'in-the-future'
  | 'before-1970'
  | 'null-island'
  | TextFault
  | MeasureFault

/** Why a vehicle's id or type can't be taken. */
export type TextFault = 'vehicle-id-missing' | 'vehicle-type-missing' | 'text-too-long'

/** Why the measures of a position can't be kept; `no-place-for-attributes` is a fault of the table, not of the row. */
export type MeasureFault = 'measure-text-too-long' | 'attributes-too-long' | 'no-place-for-attributes'

/**
 * What is wrong with the time and place of a position, if anything; `judgeRows` judges the whole row.
 * @param timeMs ms since the epoch
 * @param latestMs the latest time that is believed, ms since the epoch
 */
export const faultOf = (
  timeMs: number,
  longitude: number,
  latitude: number,
  latestMs: number,
): PositionFault | undefined =>
  // Nearly all positions are believed: what is wrong with one is found out apart.
  timeMs >= 0 &&
  timeMs <= latestMs &&
  timeMs < Infinity &&
  longitude >= -180 &&
  longitude <= 180 &&
  latitude >= -90 &&
  latitude <= 90 &&
  (longitude >= 1e-6 || longitude <= -1e-6)
    ? undefined
    : doubtOf(timeMs, longitude, latitude, latestMs)

const doubtOf = (timeMs: number, longitude: number, latitude: number, latestMs: number): PositionFault | undefined => {
  if (!Number.isFinite(timeMs)) return 'time-not-a-number'
  if (!Number.isFinite(longitude) || !Number.isFinite(latitude)) return 'position-not-a-number'
  if (longitude < -180 || longitude > 180 || latitude < -90 || latitude > 90) return 'off-the-globe'
  if (timeMs > latestMs) return 'in-the-future'
  if (timeMs < 0) return 'before-1970'
  // Receivers send it that have no position.
  if (toMicroDegrees(longitude) === 0 && toMicroDegrees(latitude) === 0) return 'null-island'
  return undefined
}
