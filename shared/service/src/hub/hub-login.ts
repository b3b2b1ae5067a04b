import {
  ANYONE,
  type Config,
  type HubService,
  PERSON_AT_MACHINE,
  personToken,
  requestInbox,
  serviceUser,
} from '@fleetlake/contracts'
import { readHubKeys } from './hub-keys.ts'

/** As whom a program connects to the hub. */
export interface HubLogin {
  readonly user: string | undefined
  readonly password: string | undefined
  /** Who asks, as one token. */
  readonly person: string
  /** Below it the server sends answers to this program; the usual place when missing. */
  readonly requestInbox: string | undefined
}

/**
 * As configured. Where everyone has to log in and nothing is configured: as the service itself, with the keys of the hub on this machine.
 * @throws FleetError `config.invalid` when these can't be read
 */
export const hubLogin = async (
  service: HubService,
  { auth, hub: { user, password, dataDir } }: Pick<Config, 'auth' | 'hub'>,
): Promise<HubLogin> => {
  if (auth !== 'required') return { user, password, person: ANYONE, requestInbox: undefined }
  const own = serviceUser(service)
  if (user !== undefined && user !== own)
    return { user, password, person: personToken(user), requestInbox: requestInbox(user) }
  const login = { user: own, person: PERSON_AT_MACHINE, requestInbox: requestInbox(own) }
  if (user === own) return { ...login, password }
  const instead =
    service === 'terminal'
      ? 'hub.user to the name of an account (FLEET_HUB_USER) and hub.password to a token of it (FLEET_HUB_PASSWORD)'
      : `hub.user: ${own} (FLEET_HUB_USER) and hub.password to its password (FLEET_HUB_PASSWORD)`
  return { ...login, password: (await readHubKeys(dataDir, instead)).passwords[service] }
}
