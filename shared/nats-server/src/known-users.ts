import {
  HUB_SERVICES,
  type HubService,
  servicePermissions,
  serviceUser,
  SYSTEM_PERMISSIONS,
  SYSTEM_USER,
} from '@fleetlake/contracts'
import type { KnownUsers, Value } from './server-config.ts'

/** What the users of a hub that asks everyone show. */
export type HubSecrets = {
  readonly passwords: Readonly<Record<HubService, Value>>
  readonly systemPassword: Value
  /** The public key of the account with whose seed a gateway signs. */
  readonly issuer: Value
}

/** The users of a hub that asks everyone: each service with its own rights, and the one that ends connections. */
export const knownUsers = ({ passwords, systemPassword, issuer }: HubSecrets): KnownUsers => ({
  kind: 'known',
  services: HUB_SERVICES.map((service) => ({
    name: serviceUser(service),
    password: passwords[service],
    ...servicePermissions(service),
  })),
  system: { name: SYSTEM_USER, password: systemPassword, ...SYSTEM_PERMISSIONS, answers: false },
  issuer,
})
