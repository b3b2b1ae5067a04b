import { join } from 'node:path'

export interface CephConfig {
  readonly fsid: string
  /** Everything that the daemons write. */
  readonly folder: string
  readonly monitorPort: number
  readonly gatewayPort: number
  /** Where unpacked plugins are; undefined for the system's own places. */
  readonly libraries: string | undefined
}

/**
 * The configuration of a Ceph of one monitor, one storage daemon in memory and one S3 gateway, all on the loopback, without a manager.
 * The short Paxos intervals make it ready in less than a second instead of ten.
 */
export const formatCephConfig = ({ fsid, folder, monitorPort, gatewayPort, libraries }: CephConfig): string => {
  const plugins: [string, string][] =
    libraries === undefined
      ? []
      : [
          ['plugin dir', join(libraries, 'ceph')],
          ['erasure code dir', join(libraries, 'ceph/erasure-code')],
          ['osd class dir', join(libraries, 'rados-classes')],
        ]
  const settings: [string, string | number | boolean][] = [
    ['fsid', fsid],
    ['mon host', `[v2:127.0.0.1:${monitorPort}]`],
    ['mon initial members', 'a'],
    ['public addr', '127.0.0.1'],
    ['cluster addr', '127.0.0.1'],
    ['ms bind msgr1', false],
    ['keyring', join(folder, 'keyring')],
    ['run dir', folder],
    ['crash dir', folder],
    ['log file', join(folder, '$name.log')],
    ['mon cluster log file', '/dev/null'],
    ['admin socket', ''],
    ['pid file', ''],
    ['mon data', join(folder, 'mon')],
    ['osd data', join(folder, 'osd')],
    ['rgw data', join(folder, 'rgw')],
    ['osd objectstore', 'memstore'],
    ['memstore device bytes', 8 * 1024 ** 3],
    ['osd crush chooseleaf type', 0],
    ['osd pool default size', 1],
    ['osd pool default min size', 1],
    ['osd pool default pg num', 4],
    ['osd pool default pgp num', 4],
    ['osd pool default pg autoscale mode', 'off'],
    ['mon allow pool size one', true],
    ['mon max pg per osd', 10_000],
    ['paxos propose interval', 0.02],
    ['paxos min wait', 0.01],
    ['mon tick interval', 1],
    ['rgw frontends', `beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1`],
    ['rgw thread pool size', 64],
    ['rgw run sync thread', false],
    ...plugins,
  ]
  return `[global]\n${settings.map(([name, value]) => `${name} = ${value}\n`).join('')}`
}
