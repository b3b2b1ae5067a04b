import type { HeardConfig } from '../shell/heard-config.ts'
import type { HubSettings } from './hub-thread.ts'

/** How the page comes to the hub: by the configured address, else at the host that the page itself came from. */
export const hubSettingsOf = (
  {
    hub,
    partitions,
    partitioning,
    futureToleranceMs,
    clockAheadMs,
  }: Pick<HeardConfig, 'hub' | 'partitions' | 'partitioning' | 'futureToleranceMs' | 'clockAheadMs'>,
  page: Pick<Location, 'protocol' | 'hostname'>,
  hasTickets: boolean,
): HubSettings => ({
  url: hub.url ?? `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.hostname}:${hub.port}`,
  ...(hub.user === null ? {} : { user: hub.user }),
  ...(hub.password === null ? {} : { password: hub.password }),
  hasTickets,
  partitions,
  partitioning,
  clockAheadMs,
  futureToleranceMs,
})
