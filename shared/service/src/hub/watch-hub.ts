import type { OpsContext } from '../run-service.ts'

export interface WatchedHub {
  status(): { readonly state: string }
  /** Resolves once the server has answered. */
  flush(): Promise<void>
}

/** A service that needs the hub is ready only while it is connected and the hub answers; says so in its metrics, too. @param hub undefined while there is none yet */
export const watchHub = (hub: () => WatchedHub | undefined, { metrics, requires, probe }: OpsContext): void => {
  const isConnected = (): boolean => hub()?.status().state === 'connected'
  requires(() => (isConnected() ? undefined : 'the hub can not be reached'))
  // A server that hangs keeps its connections.
  probe('the hub', async () => (isConnected() ? hub()?.flush() : undefined))
  metrics.onScrape(() => metrics.set('fleetlake_hub_connected', isConnected() ? 1 : 0))
}
