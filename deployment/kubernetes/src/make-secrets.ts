import { FleetError, reasonOf } from '@fleetlake/core'
import { stringify } from 'yaml'
import { CLUSTERS } from './clusters/index.ts'
import { newSecrets } from './secrets/new-secrets.ts'

/** Writes fresh Secrets of a cluster to its output, for `kubectl create -f -`, which leaves alone what is there already. */
try {
  const name = process.argv[2] ?? ''
  const props = CLUSTERS[name]
  if (props === undefined)
    throw new FleetError('usage.invalid', `name a cluster: ${Object.keys(CLUSTERS).join(', ')}, not "${name}"`)
  console.log(
    newSecrets(props, process.env)
      .map((secret) => stringify(secret))
      .join('---\n'),
  )
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}
