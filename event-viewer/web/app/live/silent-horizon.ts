import type { LastKnown } from '../hub/live/live-frame.ts'

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
const UNSEEN: Readonly<Record<Exclude<SilentHorizon, 'none'>, string>> = {
  '1h': 'This vehicle has not reported in the last hour.',
  '24h': 'This vehicle has not reported in the last 24 hours.',
  '7d': 'This vehicle has not reported in the last 7 days.',
  all: 'No report of this vehicle is known.',
}

const UNKNOWN = 'Where this vehicle was last is not known'

/** ms; 0 for none. */
export const keptMsOf = (horizon: SilentHorizon): number => KEPT_MS[horizon]

export const horizonWords = (horizon: SilentHorizon): string => WORDS[horizon]

/** Of a vehicle that is not among those that are shown: that it has not reported is said only where all that have are known. */
export const unseenWords = (horizon: SilentHorizon, lastKnown: LastKnown | undefined): string => {
  if (horizon === 'none') return `${UNKNOWN}: silent vehicles are not shown.`
  const { status, reason } = lastKnown ?? {}
  if (status === 'complete') return UNSEEN[horizon]
  if (status === 'asking') return 'Asking where this vehicle was last.'
  return reason === undefined ? `${UNKNOWN}.` : `${UNKNOWN}: ${reason}.`
}

/** As a link has it; undefined for what is none. */
export const parseHorizon = (text: unknown): SilentHorizon | undefined => SILENT_HORIZONS.find((each) => each === text)
