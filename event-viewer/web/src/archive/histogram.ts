import type { Chunk } from '@fleetlake/archive'
import type { Period } from '@fleetlake/core'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What people count time in, ms; beyond the last one, its doubles. */
const STEPS = (
  [
    [1, [1, 2, 5, 10, 20, 50, 100, 200, 500]],
    [SECOND, [1, 2, 5, 10, 15, 30]],
    [MINUTE, [1, 2, 5, 10, 15, 30]],
    [HOUR, [1, 2, 3, 6, 12]],
    [DAY, [1, 2, 7, 14, 28]],
  ] as [number, number[]][]
).flatMap(([unit, counts]) => counts.map((count) => count * unit))

export interface Histogram {
  readonly from: number
  readonly binMs: number
  readonly rows: readonly number[]
}

/** Bins of one length that cover a period: at most `bins` of the shortest step that makes so few, aligned to the epoch. */
const layOut = ({ from, to }: Period, bins: number): { from: number; binMs: number; count: number } => {
  for (let i = 0; ; i++) {
    const binMs = STEPS[i] ?? STEPS[STEPS.length - 1] * 2 ** (i - STEPS.length + 1)
    const first = Math.floor(from / binMs)
    const count = Math.ceil(to / binMs) - first
    if (count <= Math.max(bins, 2)) return { from: first * binMs, binMs, count }
  }
}

/**
 * Events over time. A chunk's rows are spread evenly over its period, in whole rows: a chunk that the bins cover adds exactly
 * its rows.
 * @param bins maximum number of bins; at least two, since a short period may lie across a border
 */
export const countOverTime = (chunks: Iterable<Chunk>, period: Period, bins: number): Histogram => {
  const { from, binMs, count } = layOut(period, bins)
  const rows: number[] = Array.from({ length: count }, () => 0)
  for (const chunk of chunks) {
    if (chunk.rows === undefined) continue
    const lengthMs = chunk.to + 1 - chunk.from
    const before = (time: number): number =>
      Math.round(chunk.rows! * Math.min(1, Math.max(0, (time - chunk.from) / lengthMs)))
    const first = Math.max(0, Math.floor((chunk.from - from) / binMs))
    const last = Math.min(count - 1, Math.floor((chunk.to - from) / binMs))
    for (let bin = first; bin <= last; bin++) {
      const start = from + bin * binMs
      rows[bin] += before(start + binMs) - before(start)
    }
  }
  return { from, binMs, rows }
}
