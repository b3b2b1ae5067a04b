/**
 * What is known of each vehicle, by slot: eight doubles side by side, a cache line, since the vehicles of a batch may be anywhere.
 * `wide[slot * WIDE + FIELD]`, and the single precision ones in a view of the same bytes, `narrow[slot * NARROW + FIELD]`.
 */
export interface VehicleRecords {
  /** Others after `reserve`. */
  wide: Float64Array
  narrow: Float32Array
  reserve(slots: number): void
}

export const WIDE = 8
/** Of the newest report; ms since the epoch, degrees. */
export const EVENT_TIME = 0
export const LONGITUDE = 1
export const LATITUDE = 2
/** Wall clock of the newest report; of the last one that came, late or not (of one that was only asked for: when it was reported); and of the one that the page was given last. */
export const MOVED = 3
export const HEARD = 4
export const GIVEN = 5
/** Index of type × `FLAGS` + flags. */
export const STATE = 6

export const NARROW = 16
/** m/s, degrees clockwise from north; NaN for none. They fill the eighth double. */
export const SPEED = 14
export const HEADING = 15

export const FLAGS = 16
/** It has reported since the last frame. */
export const IS_NEWS = 1
/** The page knows it, and was not told that it is gone. */
export const IS_TOLD = 2
/** Of another type than the page knows. */
export const IS_RETYPED = 4
/** It was last heard long ago, and is where it was. */
export const IS_SILENT = 8

export const typeOfState = (state: number): number => (state / FLAGS) | 0

export const createVehicleRecords = (): VehicleRecords => {
  const wide = new Float64Array(1024 * WIDE)
  const records: VehicleRecords = {
    wide,
    narrow: new Float32Array(wide.buffer),
    reserve: (slots) => {
      if (slots * WIDE <= records.wide.length) return
      const more = new Float64Array(records.wide.length * 2)
      more.set(records.wide)
      records.wide = more
      records.narrow = new Float32Array(more.buffer)
    },
  }
  return records
}
