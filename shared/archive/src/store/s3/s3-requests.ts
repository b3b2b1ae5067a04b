import type { CompletedPart, GetObjectCommandOutput, S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { ArchiveConfig } from '@fleetlake/contracts'
import { collectBytes } from '../collect-bytes.ts'
import type { ObjectRequests } from '../requests.ts'
import { s3FaultOf } from './s3-fault.ts'

export interface S3Place {
  readonly bucket: string
  readonly settings: ArchiveConfig['s3']
}

const CONNECT_TIMEOUT_MS = 5_000
/** S3 servers other than AWS need a region, whichever it is. */
const ANY_REGION = 'us-east-1'
/** More than are used at once: waiting for one counts as waiting for a connection. */
const MAX_SOCKETS = 256
const MOST_ABANDONED = 1_000

/** Repeating, its pauses and its timeouts are the remote store's, which knows what may be repeated. */
const configOf = ({
  endpoint,
  region,
  pathStyle,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: ArchiveConfig['s3']): S3ClientConfig => {
  const givenRegion = region ?? (endpoint === undefined ? undefined : ANY_REGION)
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined
  return {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      httpAgent: { maxSockets: MAX_SOCKETS },
      httpsAgent: { maxSockets: MAX_SOCKETS },
    },
    // Bodies are signed with their hashes, which every server checks; the newer checksums not all of them know.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(givenRegion === undefined ? {} : { region: givenRegion }),
    ...(hasKeys
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
      : {}),
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name)

/** Servers that answer a range with the whole object leave the range out. */
const sizeOf = ({ ContentRange, ContentLength }: GetObjectCommandOutput): number =>
  Number(ContentRange?.split('/')[1] ?? ContentLength ?? 0)

/** Keys come encoded, since XML can't hold every character. */
const decodeKey = (key: string): string => decodeURIComponent(key.replaceAll('+', '%20'))

/** The requests of S3, and of servers that speak it. */
export const createS3Requests = async ({ bucket, settings }: S3Place): Promise<ObjectRequests> => {
  const s3 = await import('@aws-sdk/client-s3')
  const client: S3Client = new s3.S3Client(configOf(settings))
  const Bucket = bucket
  const url = (key: string): string => `s3://${bucket}/${key}`

  const read: ObjectRequests['read'] = async (key, { offset, length }, version, reading) => {
    const Range = `bytes=${offset}-${offset + length - 1}`
    const condition = version === undefined ? {} : { IfMatch: version }
    try {
      const input = { Bucket, Key: key, Range, ...condition }
      const answer = await client.send(new s3.GetObjectCommand(input), { abortSignal: reading.signal })
      const bytes = await collectBytes(answer.Body as AsyncIterable<unknown> | undefined, reading)
      return { bytes, size: sizeOf(answer), version: answer.ETag ?? '' }
    } catch (error) {
      if (isNamed(error, 'NoSuchKey', 'NotFound')) return undefined
      if (statusOf(error) === 416) return { bytes: new Uint8Array(), size: 0, version: '' }
      throw error
    }
  }

  return {
    read,
    url,
    conditionalUploads: 'try',
    faultOf: (error) => s3FaultOf(error, { bucket, endpoint: settings.endpoint }),
    put: async (key, bytes, { ifAbsent, writer }, signal) => {
      const condition = ifAbsent ? { IfNoneMatch: '*' } : {}
      const input = { Bucket, Key: key, Body: bytes, Metadata: { writer }, ...condition }
      await client.send(new s3.PutObjectCommand(input), { abortSignal: signal })
    },
    startUpload: async (key, options, signal) => {
      const input = { Bucket, Key: key, Metadata: { writer: options.writer } }
      const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(input), { abortSignal: signal })
      return { key, id: UploadId ?? '', options }
    },
    uploadPart: async ({ key, id }, number, bytes, signal) => {
      const input = { Bucket, Key: key, UploadId: id, PartNumber: number, Body: bytes }
      const { ETag } = await client.send(new s3.UploadPartCommand(input), { abortSignal: signal })
      return ETag ?? ''
    },
    completeUpload: async ({ key, id, options }, parts, signal) => {
      const Parts = parts.map((ETag, i): CompletedPart => ({ ETag, PartNumber: i + 1 }))
      const condition = options.ifAbsent ? { IfNoneMatch: '*' } : {}
      const input = { Bucket, Key: key, UploadId: id, MultipartUpload: { Parts }, ...condition }
      await client.send(new s3.CompleteMultipartUploadCommand(input), { abortSignal: signal })
    },
    abandonUpload: async ({ key, id }, signal) => {
      const input = { Bucket, Key: key, UploadId: id }
      await client.send(new s3.AbortMultipartUploadCommand(input), { abortSignal: signal })
    },
    abandonUploads: async (prefix, beforeMs, signal) => {
      const input = { Bucket, Prefix: prefix, MaxUploads: MOST_ABANDONED }
      const { Uploads = [] } = await client.send(new s3.ListMultipartUploadsCommand(input), { abortSignal: signal })
      const old = Uploads.filter(({ Initiated }) => (Initiated?.getTime() ?? Infinity) < beforeMs)
      for (const { Key, UploadId } of old) {
        await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal: signal })
      }
      return old.length
    },
    head: async (key, signal) => {
      try {
        const found = await client.send(new s3.HeadObjectCommand({ Bucket, Key: key }), { abortSignal: signal })
        return { size: found.ContentLength ?? 0, writer: found.Metadata?.['writer'] }
      } catch (error) {
        if (isNamed(error, 'NotFound', 'NoSuchKey')) return undefined
        throw error
      }
    },
    list: async (prefix, { after, next }, signal) => {
      const start = next === undefined ? { StartAfter: after } : { ContinuationToken: next }
      const input = { Bucket, Prefix: prefix, EncodingType: 'url' as const, ...start }
      const answer = await client.send(new s3.ListObjectsV2Command(input), { abortSignal: signal })
      const isEncoded = answer.EncodingType === 'url'
      const objects = (answer.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({
        path: isEncoded ? decodeKey(Key) : Key,
        size: Size,
        modifiedMs: LastModified?.getTime() ?? 0,
      }))
      return { objects, next: answer.IsTruncated === true ? answer.NextContinuationToken : undefined }
    },
    delete: async (key, signal) => {
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key: key }), { abortSignal: signal })
    },
    scanOptions: async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
      const { endpoint } = settings
      return {
        aws_access_key_id: accessKeyId,
        aws_secret_access_key: secretAccessKey,
        ...(sessionToken === undefined ? {} : { aws_session_token: sessionToken }),
        aws_region: await client.config.region(),
        aws_virtual_hosted_style_request: String(client.config.forcePathStyle !== true),
        ...(endpoint === undefined ? {} : { aws_endpoint_url: endpoint }),
        ...(endpoint?.startsWith('http:') === true ? { aws_allow_http: 'true' } : {}),
      }
    },
  }
}
