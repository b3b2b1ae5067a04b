import type { Config, HubService } from '@fleetlake/contracts'
import { codeField, reasonOf, type Tracer } from '@fleetlake/core'
import { createHubLog, type HubState } from './hub-log.ts'
import type { Log } from '../log.ts'
import { hubLogin, type HubLogin } from './hub-login.ts'

/** What a service tells `connectHub`. */
export interface ServiceHubOptions extends HubLogin {
  readonly url: string
  readonly service: string
  readonly signal: AbortSignal
  readonly onStatus: (status: HubState) => void
  readonly onFault: (fault: unknown) => void
  readonly tracer: Tracer | undefined
}

interface Context {
  readonly name: string
  readonly config: Pick<Config, 'auth' | 'hub'>
  readonly log: Log
  readonly signal: AbortSignal
  readonly tracer?: Tracer | undefined
}

/**
 * How a service connects: as its configuration says, until it is to stop; what happens to the connection is in its log.
 * @throws FleetError `config.invalid` when it has to log in and does not know how
 */
export const hubOptions = async (
  service: HubService,
  { name, config, log, signal, tracer }: Context,
): Promise<ServiceHubOptions> => ({
  ...(await hubLogin(service, config)),
  url: config.hub.url,
  service: name,
  signal,
  tracer,
  onStatus: createHubLog(log),
  onFault: (fault) => log.error(codeField(fault), reasonOf(fault)),
})
