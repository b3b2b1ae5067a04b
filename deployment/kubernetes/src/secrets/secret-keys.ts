import { HUB_SERVICES } from '@fleetlake/contracts'
import { ISSUER_VARIABLE, passwordVariable } from '@fleetlake/nats-server'
import type { IIoK8sApiCoreV1EnvVar } from 'kubernetes-models/v1/EnvVar'
import { HUB } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import type { ServiceName } from '../services/service-facts.ts'

/**
 * Secrets, and the keys that they must have; each key is the variable that it becomes. Their values are in no manifest: `make-secrets.ts` makes
 * them once, or an operator of external secrets brings them.
 */
export const SECRETS = {
  hub: 'fleetlake-hub',
  gateway: 'fleetlake-gateway',
  ops: 'fleetlake-ops',
  archive: 'fleetlake-archive',
} as const

export const ISSUER_SEED = 'FLEET_GATEWAY_HUB_ISSUER_SECRET'
export const SESSION_SECRET = 'FLEET_GATEWAY_SESSION_SECRET'
export const OPENID_SECRET = 'FLEET_GATEWAY_OPENID_CLIENT_SECRET'
export const OPS_TOKEN = 'FLEET_OPS_TOKEN'

export const HUB_KEYS = [...HUB_SERVICES, 'system' as const, 'route' as const].map(passwordVariable)

/** By Secret. */
export const secretKeys = (props: FleetlakeProps): Readonly<Record<string, readonly string[]>> => ({
  [SECRETS.hub]: [...HUB_KEYS, ISSUER_VARIABLE],
  [SECRETS.gateway]: [ISSUER_SEED, SESSION_SECRET, ...(usesProvider(props) ? [OPENID_SECRET] : [])],
  [SECRETS.ops]: [OPS_TOKEN],
  ...(archiveVariables(props).length === 0 ? {} : { [SECRETS.archive]: archiveVariables(props) }),
})

export const archiveVariables = ({ archive }: FleetlakeProps): readonly string[] =>
  archive.kind === 'objects' ? archive.secretVariables : []

/** Whether people log in at a provider of OpenID Connect. */
export const usesProvider = ({ settings }: FleetlakeProps): boolean => {
  const gateway = settings.gateway as { openid?: unknown } | undefined
  return gateway?.openid !== undefined
}

/** A variable with the value of a Secret's key of the same name, unless it is called otherwise there. */
export const secretVariable = (secret: string, variable: string, key = variable): IIoK8sApiCoreV1EnvVar => ({
  name: variable,
  valueFrom: { secretKeyRef: { name: secret, key } },
})

/** What a service alone gets to know beside its own password. */
export const ownSecrets = (service: ServiceName, props: FleetlakeProps): IIoK8sApiCoreV1EnvVar[] =>
  service === 'gateway'
    ? [
        secretVariable(SECRETS.gateway, ISSUER_SEED),
        secretVariable(SECRETS.hub, 'FLEET_GATEWAY_HUB_SYSTEM_PASSWORD', passwordVariable('system')),
        secretVariable(SECRETS.gateway, SESSION_SECRET),
        ...(usesProvider(props) ? [secretVariable(SECRETS.gateway, OPENID_SECRET)] : []),
      ]
    : []

/** All that a server of the hub checks others by. */
export const hubSecrets = (): IIoK8sApiCoreV1EnvVar[] =>
  [...HUB_KEYS, ISSUER_VARIABLE].map((key) => secretVariable(SECRETS[HUB], key))
