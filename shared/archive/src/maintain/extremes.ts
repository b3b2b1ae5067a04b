/** The least and the greatest value. */
export interface Extreme {
  min: number
  max: number
}

/** How many rows there are, and how far they reach. */
export interface Extremes {
  rows: number
  /** ms since the epoch. */
  readonly time: Extreme
  /** Whole millionths of a degree. */
  readonly x: Extreme
  readonly y: Extreme
}

export interface PlacedRows {
  readonly length: number
  readonly eventTime: Float64Array
  readonly longitude: Int32Array
  readonly latitude: Int32Array
}

const none = (): Extreme => ({ min: Infinity, max: -Infinity })

export const noRows = (): Extremes => ({ rows: 0, time: none(), x: none(), y: none() })

/** One NaN makes both NaN for good, so that no comparison holds. */
const widen = (extreme: Extreme, values: ArrayLike<number>, length: number): void => {
  let { min, max } = extreme
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value < min) min = value
    if (value > max) max = value
    if (Number.isNaN(value)) min = max = value
  }
  extreme.min = min
  extreme.max = max
}

export const addRows = (extremes: Extremes, { length, eventTime, longitude, latitude }: PlacedRows): void => {
  extremes.rows += length
  widen(extremes.time, eventTime, length)
  widen(extremes.x, longitude, length)
  widen(extremes.y, latitude, length)
}

const PARTS = ['time', 'x', 'y'] as const

/** Some rows of others reach no further than those. */
export const reachNoFurther = (some: Extremes, all: Extremes): boolean =>
  some.rows === 0 || PARTS.every((part) => some[part].min >= all[part].min && some[part].max <= all[part].max)

export const reachAsFar = (a: Extremes, b: Extremes): boolean =>
  PARTS.every((part) => a[part].min === b[part].min && a[part].max === b[part].max)
