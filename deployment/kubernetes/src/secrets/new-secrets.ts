import { randomBytes } from 'node:crypto'
import { FleetError } from '@fleetlake/core'
import { newHubSecrets } from '@fleetlake/nats-server'
import type { ISecret } from 'kubernetes-models/v1/Secret'
import { PART_OF } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { OPS_TOKEN, secretKeys, SESSION_SECRET } from './secret-keys.ts'

/**
 * Fresh Secrets of a cluster, with every key that its manifests name.
 * @param given values that can't be made here, by the name of their key: of a store, of a provider
 * @throws FleetError `usage.invalid` where one of them is missing
 */
export const newSecrets = (props: FleetlakeProps, given: Readonly<Record<string, string | undefined>>): ISecret[] => {
  const made: Readonly<Record<string, string>> = {
    ...newHubSecrets(),
    [SESSION_SECRET]: newSecret(),
    [OPS_TOKEN]: newSecret(),
  }
  const keys = secretKeys(props)
  const missing = Object.values(keys)
    .flat()
    .filter((key) => (made[key] ?? given[key] ?? '') === '')
  if (missing.length > 0)
    throw new FleetError(
      'usage.invalid',
      `${missing.join(', ')}: can’t be made here, set ${missing.length === 1 ? 'it' : 'them'} in the environment of this command`,
    )
  return Object.entries(keys).map(([name, names]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name, namespace: props.namespace, labels: PART_OF },
    stringData: Object.fromEntries(names.map((key) => [key, made[key] ?? given[key]!])),
  }))
}

const newSecret = (): string => randomBytes(32).toString('hex')
