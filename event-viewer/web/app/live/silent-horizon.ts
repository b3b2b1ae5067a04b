/** How old the last report of a silent vehicle may be that is shown where it was. */
export const SILENT_HORIZONS = ['none', '1h', '24h', '7d', 'all'] as const
export type SilentHorizon = (typeof SILENT_HORIZONS)[number]

export const DEFAULT_HORIZON: SilentHorizon = '24h'

const HOUR_MS = 3_600_000
const KEPT_MS: Readonly<Record<SilentHorizon, number>> = {
  none: 0,
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 7 * 24 * HOUR_MS,
  all: Infinity,
}
const WORDS: Readonly<Record<SilentHorizon, string>> = {
  none: 'not shown',
  '1h': 'up to 1 hour',
  '24h': 'up to 24 hours',
  '7d': 'up to 7 days',
  all: 'however long',
}
const UNSEEN: Readonly<Record<SilentHorizon, string>> = {
  none: 'This vehicle has not reported in the last 15 minutes.',
  '1h': 'This vehicle has not reported in the last hour.',
  '24h': 'This vehicle has not reported in the last 24 hours.',
  '7d': 'This vehicle has not reported in the last 7 days.',
  all: 'No report of this vehicle is known.',
}

/** ms; 0 for none. */
export const keptMsOf = (horizon: SilentHorizon): number => KEPT_MS[horizon]

export const horizonWords = (horizon: SilentHorizon): string => WORDS[horizon]

/** Of a vehicle that is not among those that are shown. */
export const unseenWords = (horizon: SilentHorizon): string => UNSEEN[horizon]

/** As a link has it; undefined for what is none. */
export const parseHorizon = (text: unknown): SilentHorizon | undefined => SILENT_HORIZONS.find((each) => each === text)
