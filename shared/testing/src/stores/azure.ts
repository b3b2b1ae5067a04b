import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { FleetError } from '@fleetlake/core'
import { eventually } from '../eventually.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { startChildServer } from './child-server.ts'
import { lastLines } from './provide-ceph.ts'

/** What a client needs, in the words of the configuration. The account and its key are the emulator's well-known ones. */
export interface TestAzureSettings {
  readonly endpoint: string
  readonly account: string
  readonly accountKey: string
}

export interface TestAzure {
  readonly port: number
  readonly settings: TestAzureSettings
  /** Makes a container with a new name and returns it. */
  createContainer(): Promise<string>
  stop(): Promise<void>
}

const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

const LISTEN = ['--blobHost', '127.0.0.1', '--blobPort', '0']
const OPTIONS = [...LISTEN, '--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry', '--silent']

/** Azure's own emulator of its blob store, on a free port of the loopback, in memory. */
export const startTestAzure = async (): Promise<TestAzure> => {
  const script = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const logFile = join(await temporaryFolder(), 'azurite.log')
  const server = await startChildServer({
    program: process.execPath,
    args: [script, ...OPTIONS],
    env: process.env,
    logFile,
  })
  const port = await eventually(
    async () => {
      if (server.hasEnded()) return 'ended'
      const told = /successfully listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(await readFile(logFile, 'utf8'))
      return told === null ? undefined : Number(told[1])
    },
    { what: 'azurite' },
  )
  if (port === 'ended') throw new FleetError('service.failed', `azurite ended: ${await lastLines(logFile)}`)
  const settings = { endpoint: `http://127.0.0.1:${port}/${ACCOUNT}`, account: ACCOUNT, accountKey: KEY }
  return {
    port,
    settings,
    createContainer: async () => {
      const { BlobServiceClient, StorageSharedKeyCredential } = await import('@azure/storage-blob')
      const client = new BlobServiceClient(settings.endpoint, new StorageSharedKeyCredential(ACCOUNT, KEY))
      const name = `fleetlake-${randomUUID()}`
      await client.createContainer(name)
      return name
    },
    stop: () => server.stop(),
  }
}
