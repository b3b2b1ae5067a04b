import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FleetError } from '@fleetlake/core'
import { eventually } from '../eventually.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { formatCephConfig } from './ceph-config.ts'
import { type ChildServer, findFreePort, startChildServer } from './child-server.ts'
import { type Ceph, type CephProgram, lastLines, provideCeph } from './provide-ceph.ts'

const run = promisify(execFile)
const START_TIMEOUT_MS = 60_000
const REGION = 'us-east-1'

/** What a client needs, in the words of the configuration. */
export interface TestS3Settings {
  readonly endpoint: string
  readonly region: string
  readonly pathStyle: true
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface TestS3 {
  readonly port: number
  readonly settings: TestS3Settings
  /** Makes a bucket with a new name and returns it. */
  createBucket(): Promise<string>
  stop(): Promise<void>
}

/**
 * A real S3 server on a free port of the loopback: Ceph's gateway upon a store in memory, ready in about a second.
 * @throws FleetError `service.failed` where there is none and none can be had
 */
export const startTestS3 = async (say?: (line: string) => void): Promise<TestS3> => {
  const ceph = await provideCeph(say)
  const folder = join(await temporaryFolder(), 'ceph')
  const [monitorPort, gatewayPort] = [await findFreePort(), await findFreePort()]
  const settings: TestS3Settings = {
    endpoint: `http://127.0.0.1:${gatewayPort}`,
    region: REGION,
    pathStyle: true,
    accessKeyId: 'fleetlake',
    secretAccessKey: randomUUID(),
  }
  const servers: ChildServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  }
  try {
    await startCluster({ ceph, folder, monitorPort, gatewayPort, settings, servers })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    port: gatewayPort,
    settings,
    createBucket: () => createBucket(settings),
    stop,
  }
}

interface Cluster {
  readonly ceph: Ceph
  readonly folder: string
  readonly monitorPort: number
  readonly gatewayPort: number
  readonly settings: TestS3Settings
  /** Those that run; this adds to them. */
  readonly servers: ChildServer[]
}

const startCluster = async ({ ceph, folder, servers, settings, ...ports }: Cluster): Promise<void> => {
  const fsid = randomUUID()
  const at = (name: string): string => join(folder, name)
  await Promise.all(['mon', 'osd', 'rgw'].map((name) => mkdir(at(name), { recursive: true })))
  await writeFile(at('ceph.conf'), formatCephConfig({ fsid, folder, libraries: ceph.libraries, ...ports }))
  const once = (program: CephProgram, ...args: string[]) =>
    run(ceph.path(program), args, { env: ceph.env, timeout: START_TIMEOUT_MS })
  const start = async (program: CephProgram, ...args: string[]): Promise<ChildServer> => {
    const command = { program: ceph.path(program), args: ['-c', at('ceph.conf'), '-f', ...args], env: ceph.env }
    const server = await startChildServer({ ...command, logFile: at(`${program}.out`) })
    servers.push(server)
    return server
  }
  const addKey = (name: string, caps: Readonly<Record<string, string>>) =>
    once(
      'ceph-authtool',
      at('keyring'),
      '--gen-key',
      '-n',
      name,
      ...Object.entries(caps).flatMap((cap) => ['--cap', ...cap]),
    )

  await once('ceph-authtool', '--create-keyring', at('keyring'))
  await addKey('mon.', { mon: 'allow *' })
  await addKey('client.admin', { mon: 'allow *', osd: 'allow *' })
  await addKey('osd.0', { mon: 'allow profile osd', osd: 'allow *' })
  await once(
    'monmaptool',
    '--create',
    '--fsid',
    fsid,
    '--addv',
    'a',
    `[v2:127.0.0.1:${ports.monitorPort}]`,
    at('monmap'),
  )
  await once('osdmaptool', '-c', at('ceph.conf'), '--createsimple', '1', at('osdmap'))
  const first = ['--monmap', at('monmap'), '--osdmap', at('osdmap'), '--keyring', at('keyring')]
  await once('ceph-mon', '-c', at('ceph.conf'), '--mkfs', '-i', 'a', ...first)
  await once('ceph-osd', '-c', at('ceph.conf'), '--mkfs', '-i', '0', '--no-mon-config', '--osd-uuid', randomUUID())

  await start('ceph-mon', '-i', 'a')
  await start('ceph-osd', '-i', '0')
  const { accessKeyId, secretAccessKey } = settings
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey]
  const user = ['user', 'create', '--uid=test', '--display-name=test', ...keys]
  await once('radosgw-admin', '-c', at('ceph.conf'), ...user)
  const gateway = await start('radosgw', '-n', 'client.admin')
  const state = await eventually(
    async () => (gateway.hasEnded() ? 'ended' : (await fetch(settings.endpoint)).ok && 'up'),
    { what: `radosgw at ${settings.endpoint}` },
  )
  if (state === 'ended') throw new FleetError('service.failed', `radosgw ended: ${await lastLines(at('radosgw.out'))}`)
}

const createBucket = async ({ endpoint, region, accessKeyId, secretAccessKey }: TestS3Settings): Promise<string> => {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const credentials = { accessKeyId, secretAccessKey }
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
  const name = `fleetlake-${randomUUID()}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  client.destroy()
  return name
}
