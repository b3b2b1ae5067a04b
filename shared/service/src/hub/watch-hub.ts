import type { Metrics } from '../metrics/metrics.ts'

export interface WatchedHub {
  status(): { readonly state: string }
}

interface Context {
  readonly metrics: Metrics
  requires(check: () => string | undefined): void
}

/** A service that needs the hub is ready only while it is connected; says so in its metrics, too. @param hub undefined while there is none yet */
export const watchHub = (hub: () => WatchedHub | undefined, { metrics, requires }: Context): void => {
  const isConnected = (): boolean => hub()?.status().state === 'connected'
  requires(() => (isConnected() ? undefined : 'the hub can not be reached'))
  metrics.onScrape(() => metrics.set('fleetlake_hub_connected', isConnected() ? 1 : 0))
}
