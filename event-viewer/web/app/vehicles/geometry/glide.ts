/** How much of a glide is done, 0 to 1; a glide of no length is done. Times are int32 ms that may have wrapped. */
export const partOf = (nowMs: number, startMs: number, durationMs: number): number => {
  const elapsed = (nowMs - startMs) | 0
  return elapsed >= durationMs ? 1 : elapsed <= 0 ? 0 : elapsed / durationMs
}

/** Ring units, exact and the short way around the globe. */
export const between = (from: number, to: number, part: number): number =>
  (from + Math.round(((to - from) | 0) * part)) | 0
