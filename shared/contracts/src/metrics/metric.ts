/** The services that tell metrics. `npm start` itself tells those of the hub, which it runs. */
export const METERED_SERVICES = [
  'generator',
  'collector',
  'compactor',
  'projector',
  'finder',
  'viewer',
  'gateway',
  'hub',
] as const
export type MeteredService = (typeof METERED_SERVICES)[number]

/** One metric as Prometheus knows it. Invariant: what a label may say is bounded, and is neither a person nor a vehicle. */
export interface Metric {
  /** A counter only grows while its process lives, and begins with 0. */
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly services: readonly MeteredService[]
  readonly help: string
  /** Each label, with its values where these are few: then each has its series from the start. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
  /** Upper bounds of a histogram's, seconds. */
  readonly buckets?: readonly number[]
}
