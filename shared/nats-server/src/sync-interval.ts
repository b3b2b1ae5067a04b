import { type Config, MINIMUM_SERVER } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/** `always`: the server acknowledges a message once it is on the disk; else how often, in ms, it syncs what it has acknowledged. */
export type SyncInterval = Config['hub']['syncInterval']

/** Of the first server that can be told how to sync, `always` too: the numbers of its version. */
const SYNC_FROM = [2, 10]

const isFrom = ([major = 0, minor = 0]: readonly number[], [least, leastMinor]: readonly number[]): boolean =>
  major > least || (major === least && minor >= leastMinor)

/** What a server is told about syncing, and what a person is told of one that can't be told. */
export interface SyncSetting {
  /** Undefined where the server does not know the setting. */
  readonly value: string | undefined
  readonly warning: string | undefined
}

/** @throws FleetError `hub.server-old` where `always` is asked of a server that does not know it */
export const syncSettingFor = (version: readonly number[], interval: SyncInterval): SyncSetting => {
  if (isFrom(version, SYNC_FROM))
    return { value: interval === 'always' ? interval : `${interval}ms`, warning: undefined }
  if (interval === 'always') {
    throw new FleetError(
      'hub.server-old',
      `hub.syncInterval is \`always\`, and nats-server ${version.join('.')} does not sync each message: have ${MINIMUM_SERVER} or newer, or give a duration`,
    )
  }
  return {
    value: undefined,
    warning: `nats-server ${version.join('.')} syncs its streams every 2 minutes, whatever hub.syncInterval says: if this machine loses its power, so much may be lost`,
  }
}
