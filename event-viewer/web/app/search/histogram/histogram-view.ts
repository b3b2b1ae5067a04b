import type { Period } from '../../shell/period.ts'

/** What of time a histogram shows, and how it is moved. */

const MIN_SPAN_MS = 60_000

/** The period within the limits, moved rather than cut, and cut only where it is longer than they are. */
export const within = ({ from, to }: Period, limits: Period): Period => {
  const span = Math.min(Math.max(to - from, Math.min(MIN_SPAN_MS, limits.to - limits.from)), limits.to - limits.from)
  const begin = Math.min(Math.max(from, limits.from), limits.to - span)
  return { from: begin, to: begin + span }
}

/**
 * Nearer or further, the instant `at` staying where it is on the screen.
 * @param factor of the span: below 1 is nearer
 */
export const zoomed = (
  { from, to }: Period,
  { at, factor }: { readonly at: number; readonly factor: number },
): Period => {
  const span = Math.max(MIN_SPAN_MS, (to - from) * factor)
  const share = to > from ? (at - from) / (to - from) : 0.5
  return { from: at - share * span, to: at + (1 - share) * span }
}

export const moved = ({ from, to }: Period, ms: number): Period => ({ from: from + ms, to: to + ms })

/** A period with its ends in order; one without a length becomes a second long. */
export const ordered = (a: number, b: number): Period => {
  const [from, to] = [Math.min(a, b), Math.max(a, b)]
  return { from, to: Math.max(to, from + 1000) }
}

/** How many events of a histogram a period has, a bin's taken as spread evenly. */
export const eventsIn = (
  { from: first, binMs, rows }: { readonly from: number; readonly binMs: number; readonly rows: readonly number[] },
  { from, to }: Period,
): number =>
  rows.reduce((sum, count, i) => {
    const begin = first + i * binMs
    const share = (Math.min(to, begin + binMs) - Math.max(from, begin)) / binMs
    return sum + (share > 0 ? share * count : 0)
  }, 0)

/**
 * Bars as a closed SVG path in a box `[0, rows.length] × [0, 1]`, 0 at its top. What is rare still shows: heights are square roots, and
 * none that is not empty is lower than `least`.
 */
export const barsPath = (rows: readonly number[], least = 0.04): string => {
  const most = Math.max(1, ...rows)
  const height = (count: number): number => (count > 0 ? Math.max(least, Math.sqrt(count / most)) : 0)
  return `M0 1${rows.map((count, i) => `V${(1 - height(count)).toFixed(3)}H${i + 1}`).join('')}V1Z`
}
