import { configSchema } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { formatDeployedHub } from '@fleetlake/nats-server'
import { parse } from 'yaml'
import { HUB, HUB_SERVERS } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { formatSettings } from '../settings.ts'

export const STORE_FOLDER = '/data'
export const PID_FOLDER = '/run/nats'
export const PID_FILE = `${PID_FOLDER}/nats.pid`

const GIB = 1024 ** 3
const MIB = 1024 ** 2
/** Of a volume, what a file system needs for itself, and nats-server for what it rewrites. */
const SPARE = 0.1
const MAX_MEMORY = 64 * MIB

/** Names by which the servers of the hub know each other. */
export const serverHosts = ({ hub }: FleetlakeProps): string[] =>
  Array.from({ length: hub.servers }, (_, index) => `${HUB}-${index}.${HUB_SERVERS}`)

/**
 * @returns the configuration of nats-server, without a secret in it
 * @throws FleetError `config.invalid` where the streams would not fit on a server's volume
 */
export const formatHubConfig = (props: FleetlakeProps): string => {
  const { hub, host } = props
  const maxFileBytes = Math.floor(hub.storageGiB * GIB * (1 - SPARE))
  const needed = streamBytes(props)
  if (needed > maxFileBytes)
    throw new FleetError(
      'config.invalid',
      `the streams of ${props.namespace} may take ${(needed / GIB).toFixed(1)} GiB, and a server's volume of ${hub.storageGiB} GiB has room for ` +
        `${(maxFileBytes / GIB).toFixed(1)}: enlarge hub.storageGiB, or make hub.maxBytesPerPartition smaller`,
    )
  return formatDeployedHub({
    storeDir: STORE_FOLDER,
    maxFileBytes,
    maxMemoryBytes: MAX_MEMORY,
    syncInterval: hub.syncInterval,
    websocketOrigins: [`https://${host}`],
    pidFile: PID_FILE,
    ...(hub.servers === 1 ? {} : { cluster: { name: props.namespace, hosts: serverHosts(props) } }),
  })
}

/** Each server holds a copy of each stream. */
const streamBytes = (props: FleetlakeProps): number => {
  const { hub, partitioning } = configSchema.parse(parse(formatSettings(props)))
  return partitioning.count * hub.maxBytesPerPartition + hub.maxBytesDeadLetters + hub.maxBytesSearches
}
