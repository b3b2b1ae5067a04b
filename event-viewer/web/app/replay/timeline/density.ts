/** A period of time, both ends in it; ms since the epoch. */
export interface Extent {
  readonly from: number
  readonly to: number
}

/** How many of the times fall into each of `parts` equal parts of a period; the last part includes the period's end. */
export const densityOf = (times: Float64Array, { from, to }: Extent, parts: number): Uint32Array => {
  const counts = new Uint32Array(parts)
  const scale = to > from ? parts / (to - from) : 0
  for (const time of times) {
    if (time < from || time > to) continue
    counts[Math.min(parts - 1, Math.floor((time - from) * scale))]++
  }
  return counts
}

/**
 * The outline of counts as a closed SVG path of steps in a box `[0, counts.length] × [0, 1]`, 0 at its top. What is rare still shows:
 * heights are square roots.
 */
export const densityPath = (counts: Uint32Array): string => {
  const most = counts.reduce((highest, count) => Math.max(highest, count), 1)
  const steps = Array.from(counts, (count, i) => `V${(1 - Math.sqrt(count / most)).toFixed(3)}H${i + 1}`)
  return `M0 1${steps.join('')}V1Z`
}
