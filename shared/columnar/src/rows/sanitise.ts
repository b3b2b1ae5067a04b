import { roundDegrees } from '@fleetlake/core'

/**
 * What senders write in place of values, and around them: the one set of rules of every intake (docs/sanitising.md). Each is idempotent, so that an intake may
 * apply it to what another has taken.
 */

/** Faster than any vehicle that is tracked: beyond it a number is not a speed. m/s */
export const MOST_SPEED_MPS = 1_000

/** A speed in m/s, never -0; NaN for one that no vehicle has. */
export const knownSpeed = (mps: number): number => (mps >= 0 && mps <= MOST_SPEED_MPS ? Math.abs(mps) : NaN)

/** A heading in degrees, `[0, 360)`, NaN for one that is none; 360 is north. */
export const knownHeading = (degrees: number): number =>
  degrees >= 0 && degrees < 360 ? Math.abs(degrees) : degrees === 360 ? 0 : NaN

/** How the numbers of a source are read; NaN is unknown, or no position. */
export interface ValueRules {
  /** m/s */
  speed(mps: number): number
  heading(degrees: number): number
  /** Rounded. */
  longitude(degrees: number): number
  latitude(degrees: number): number
}

export const USUAL_VALUES: ValueRules = {
  speed: knownSpeed,
  heading: knownHeading,
  longitude: roundDegrees,
  latitude: roundDegrees,
}

const AIS_NO_SPEED_MPS = (102.3 * 1852) / 3600
/** Less than half of AIS's step of 0.1 kn, and more than a float's. */
const AIS_SPEED_SLACK_MPS = 0.02

/** Of AIS, whose values for "not available" are 102.3 kn, a course of 360°, a heading of 511°, 181° east and 91° north. */
export const AIS_VALUES: ValueRules = {
  speed: (mps) => (Math.abs(mps - AIS_NO_SPEED_MPS) < AIS_SPEED_SLACK_MPS ? NaN : knownSpeed(mps)),
  heading: (degrees) => (degrees === 360 ? NaN : knownHeading(degrees)),
  longitude: (degrees) => (degrees === 181 ? NaN : roundDegrees(degrees)),
  latitude: (degrees) => (degrees === 91 ? NaN : roundDegrees(degrees)),
}

/** A text without the blanks around it. All intakes know the same blanks: those of Unicode, as `String.prototype.trim` has them. */
export const trimmedText = (text: string): string => text.trim()

/** As spreadsheets and programs write numbers that are long: `3.58899E+14`. (Ids of hexadecimal digits have no plus.) */
const NUMBER_NOTATION = /^-?\d(\.\d+)?[eE]\+\d+$/

/**
 * Whether an id of a file has lost digits on its way, so that several vehicles may have it: number notation, or a number beyond 2^53. Of files only: what a device
 * sends is its own text.
 */
export const isRoundedId = (id: string | number | bigint): boolean =>
  typeof id === 'number'
    ? !Number.isFinite(id) || Math.abs(id) > Number.MAX_SAFE_INTEGER
    : typeof id === 'string' && NUMBER_NOTATION.test(trimmedText(id))

const WITH_POINT = /^(\d+)\.0+$/

/** An id of a file as text, trimmed; one that was written as a number with a point, `357.0`, is the whole number. */
export const idOfFile = (id: string | number | bigint): string => trimmedText(String(id)).replace(WITH_POINT, '$1')
