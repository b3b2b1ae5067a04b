/**
 * How often which interval lies between consecutive distinct report times: what a cadence is made of, so that partial rows can be added up.
 */

/** Seconds; an interval counts in the least class that is not below it. A gap is at least a minute, so that a class below 20 s would change nothing. */
export const INTERVAL_CLASSES: readonly number[] = [
  20, 25, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 450, 600, 900, 1200, 1800, 2700, 3600, 5400, 7200, 10800,
  14400, 21600, 43200, 86400,
]
export const CLASSES: number = INTERVAL_CLASSES.length

const PLACES: ReadonlyMap<number, number> = new Map(INTERVAL_CLASSES.map((seconds, place) => [seconds, place]))

/** The class of an interval by its place in `INTERVAL_CLASSES`. @param intervalMs above 0; beyond a day it is of the last */
export const classOf = (intervalMs: number): number => {
  let [low, high] = [0, CLASSES - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (INTERVAL_CLASSES[middle] * 1000 >= intervalMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Intervals as a row has them. */
export interface StoredIntervals {
  /** Seconds: the class, when all intervals are of one; NaN otherwise. */
  readonly cadence: number
  /** `<class>:<count>,…`; undefined when there is none, or when there are `rows − 1` of the one class. */
  readonly text: string | undefined
}

/** @param counts a number for each class, which may be below 0 where a partial row takes back what another said */
export const storeIntervals = (counts: ArrayLike<number>, rows: number): StoredIntervals => {
  let [only, used] = [-1, 0]
  for (let place = 0; place < CLASSES; place++) {
    if (counts[place] === 0) continue
    only = place
    used++
  }
  if (used === 0) return { cadence: Number.NaN, text: undefined }
  const cadence = used === 1 ? INTERVAL_CLASSES[only] : Number.NaN
  if (used === 1 && counts[only] === rows - 1) return { cadence, text: undefined }
  const parts: string[] = []
  for (let place = 0; place < CLASSES; place++) {
    if (counts[place] !== 0) parts.push(`${INTERVAL_CLASSES[place]}:${counts[place]}`)
  }
  return { cadence, text: parts.join(',') }
}

/** The places and counts of a text, by turns. @throws RangeError for a text that is none */
export const parseIntervals = (text: string): Int32Array => {
  const parts = text.split(',')
  const parsed = new Int32Array(2 * parts.length)
  parts.forEach((part, i) => {
    const [seconds, count] = part.split(':').map(Number)
    const place = PLACES.get(seconds)
    if (place === undefined || !Number.isInteger(count)) throw new RangeError(`"${text}" are not intervals`)
    parsed[2 * i] = place
    parsed[2 * i + 1] = count
  })
  return parsed
}

/** Adds what a row has to `counts`. @param parsed of its text; undefined when it has none */
export const addIntervals = (
  counts: Int32Array,
  {
    cadence,
    rows,
    parsed,
  }: { readonly cadence: number; readonly rows: number; readonly parsed: Int32Array | undefined },
): void => {
  if (parsed !== undefined) {
    for (let i = 0; i < parsed.length; i += 2) counts[parsed[i]] += parsed[i + 1]
    return
  }
  const place = PLACES.get(cadence)
  if (place !== undefined) counts[place] += rows - 1
}
