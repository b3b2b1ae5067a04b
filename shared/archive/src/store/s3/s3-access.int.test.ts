import { AbortMultipartUploadCommand, CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3'
import { fault } from '@fleetlake/core/testing'
import { startTestS3, type TestS3 } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../open-store.ts'
import { settingsAt } from '../../testing/store-race.ts'

let server: TestS3
let bucket: string
beforeAll(async () => {
  server = await startTestS3()
  bucket = await server.createBucket()
})
afterAll(() => server.stop())

/** Of this process, for one test. */
const setVariables = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    process.env[name] = value
    onTestFinished(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}

const nowhere = { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/none', AWS_SHARED_CREDENTIALS_FILE: '/none' }

test('credentials come from where every AWS program takes them, for scans too', async () => {
  const { accessKeyId, secretAccessKey, endpoint } = server.settings
  setVariables({ ...nowhere, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey })
  const store = await openStore(settingsAt(`s3://${bucket}/variables`, { s3: { endpoint } }))
  expect(await store.putIfAbsent('x', new Uint8Array(1))).toBe('created')
  expect(await store.scanOptions()).toEqual({
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_region: 'us-east-1',
    aws_endpoint_url: endpoint,
    aws_allow_http: 'true',
    aws_virtual_hosted_style_request: 'false',
  })
})

test('without any credentials the message says what to set', async () => {
  setVariables(nowhere)
  const store = await openStore(settingsAt(`s3://${bucket}/none`, { s3: { endpoint: server.settings.endpoint } }))
  await expect(store.get('x')).rejects.toThrow(fault('store.failed', /.* set archive\.s3\.accessKeyId/))
})

test('without a region AWS can’t be asked, and the message says so', async () => {
  setVariables(nowhere)
  const { accessKeyId, secretAccessKey } = server.settings
  const store = await openStore(settingsAt(`s3://${bucket}/none`, { s3: { accessKeyId, secretAccessKey } }))
  await expect(store.get('x')).rejects.toThrow(/set archive\.s3\.region/)
})

test('uploads that dead writers left are abandoned once they are old', async () => {
  const { accessKeyId, secretAccessKey, endpoint, region } = server.settings
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
  const upload = { Bucket: bucket, Key: 'stray/object' }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload))
  const other = await client.send(new CreateMultipartUploadCommand({ ...upload, Key: 'elsewhere/object' }))
  const store = await openStore(settingsAt(`s3://${bucket}/stray`, { s3: server.settings }))
  expect(await store.removeStrayFiles(3_600_000)).toBe(0)
  expect(await store.removeStrayFiles(-3_600_000)).toBe(1)
  expect(await store.removeStrayFiles(-3_600_000)).toBe(0)
  const abort = (Key: string, id: string | undefined) =>
    client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId: id }))
  await expect(abort('stray/object', UploadId)).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await expect(abort('elsewhere/object', other.UploadId)).resolves.toBeDefined()
})
