import { AccountSASPermissions, AccountSASResourceTypes, AccountSASServices } from '@azure/storage-blob'
import { fault } from '@fleetlake/core/testing'
import { generateAccountSASQueryParameters, StorageSharedKeyCredential } from '@azure/storage-blob'
import { startTestAzure, type TestAzure } from '@fleetlake/testing'
import pl from 'nodejs-polars'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../open-store.ts'
import { settingsAt } from '../../testing/store-race.ts'

let server: TestAzure
let container: string
beforeAll(async () => {
  server = await startTestAzure()
  container = await server.createContainer()
})
afterAll(() => server.stop())

const signature = (): string =>
  generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + 3_600_000),
      permissions: AccountSASPermissions.parse('rwdlac'),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      services: AccountSASServices.parse('b').toString(),
    },
    new StorageSharedKeyCredential(server.settings.account, server.settings.accountKey),
  ).toString()

test.each([
  ['a key', () => server.settings],
  [
    'a connection string',
    () => {
      const { account, accountKey, endpoint } = server.settings
      const parts = ['DefaultEndpointsProtocol=http', `AccountName=${account}`, `AccountKey=${accountKey}`]
      return { connectionString: [...parts, `BlobEndpoint=${endpoint};`].join(';') }
    },
  ],
  ['a signature', () => ({ endpoint: server.settings.endpoint, sasToken: `?${signature()}` })],
])('with %s objects are written, listed and read', async (kind, settings) => {
  const store = await openStore(settingsAt(`az://${container}/${kind}`, { azure: settings() }))
  expect(await store.putIfAbsent('x', new Uint8Array([1, 2]))).toBe('created')
  expect(await store.putIfAbsent('x', new Uint8Array(1))).toBe('exists')
  expect(await store.get('x')).toEqual(new Uint8Array([1, 2]))
  const paths: string[] = []
  for await (const { path } of store.list('')) paths.push(path)
  expect(paths).toEqual(['x'])
  const written = pl.DataFrame({ a: [1, 2, 3] }).writeParquet()
  await store.put('a b/x.parquet', written)
  const scan = pl.scanParquet(store.url('a b/x.parquet'), { glob: false, cloudOptions: await store.scanOptions() })
  expect((await scan.collect()).getColumn('a').toArray()).toEqual([1, 2, 3])
})

test('without an account the message says what to set', async () => {
  await expect(openStore(settingsAt(`azure://${container}/x`))).rejects.toThrow(
    fault('config.invalid', 'archive.azure.account is needed: set it, or archive.azure.connectionString'),
  )
})
