import type { Config } from '@fleetlake/contracts'
import { codeField, reasonOf } from '@fleetlake/core'
import { createHubLog, type HubState } from './hub-log.ts'
import type { Log } from './log.ts'

/** What a service tells `connectHub`. */
export interface ServiceHubOptions {
  readonly url: string
  readonly user: string | undefined
  readonly password: string | undefined
  readonly service: string
  readonly signal: AbortSignal
  readonly onStatus: (status: HubState) => void
  readonly onFault: (fault: unknown) => void
}

interface Context {
  readonly name: string
  readonly config: Pick<Config, 'hub'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** How a service connects: as its configuration says, until it is to stop; what happens to the connection is in its log. */
export const hubOptions = ({ name, config, log, signal }: Context): ServiceHubOptions => {
  const { url, user, password } = config.hub
  return {
    url,
    user,
    password,
    service: name,
    signal,
    onStatus: createHubLog(log),
    onFault: (fault) => log.error(codeField(fault), reasonOf(fault)),
  }
}
