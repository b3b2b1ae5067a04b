/** A period `[from, to)`, ms since the epoch. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** The start of the window that an instant lies in; windows are aligned to the epoch. */
export const windowStart = (timeMs: number, windowMs: number): number => Math.floor(timeMs / windowMs) * windowMs

export const overlaps = (a: Period, b: Period): boolean => a.from < b.to && b.from < a.to

const DAY_MS = 86_400_000

/** The UTC date of an instant, `YYYY-MM-DD`. */
export const dateOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

/** The period of a UTC date, `YYYY-MM-DD`. */
export const periodOfDate = (date: string): Period => {
  const from = Date.parse(`${date}T00:00:00Z`)
  return { from, to: from + DAY_MS }
}
