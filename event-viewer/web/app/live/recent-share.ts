/** Reports since the page was opened, and of those the ones that are looked for. */
interface Counted {
  readonly events: number
  readonly some: number
}

const OVER_MS = 5_000

/** The part of the reports of the last five seconds that is looked for, 0 to 1; 0 without reports. */
export const createRecentShare = (): ((counted: Counted, nowMs: number) => number) => {
  let samples: (Counted & { readonly atMs: number })[] = []
  return ({ events, some }, nowMs) => {
    const recent = samples.filter(({ atMs }) => nowMs - atMs <= OVER_MS)
    samples = [...recent, { events, some, atMs: nowMs }]
    const [first] = samples
    return events === first.events ? 0 : (some - first.some) / (events - first.events)
  }
}
