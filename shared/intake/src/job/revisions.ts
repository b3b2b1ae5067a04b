/**
 * Revisions of the rows of an import that corrects what was said before: when each was received, µs since 1970. Each is greater than the one before, so that of two rows
 * of one vehicle and time the later line is the later word; fewer rows than one a µs are read, so that they don't run ahead of the clock.
 * @param startMs when the import began
 */
export const createRevisions = (startMs: number): (() => number) => {
  let next = Math.floor(startMs) * 1_000
  return () => next++
}
