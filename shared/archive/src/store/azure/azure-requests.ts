import type {
  BlobServiceClient,
  ContainerListBlobFlatSegmentResponse,
  RestError,
  StoragePipelineOptions,
} from '@azure/storage-blob'
import type { ArchiveConfig } from '@fleetlake/contracts'
import { collectBytes } from '../collect-bytes.ts'
import type { ObjectRequests } from '../requests.ts'
import { azureEndpointOf, partOf } from './azure-endpoint.ts'
import { azureFaultOf } from './azure-fault.ts'

export interface AzurePlace {
  readonly container: string
  /** From the path, where it names one. */
  readonly account: string | undefined
  readonly settings: ArchiveConfig['azure']
}

/** Repeating and its pauses are the remote store's, which knows what may be repeated. */
const PIPELINE: StoragePipelineOptions = { retryOptions: { maxTries: 1 } }
const MAX_PAGE = 5_000

interface Access {
  readonly client: BlobServiceClient
  /** What polars needs to read the same objects. */
  scanOptions(): Promise<Record<string, string>>
}

const withoutQuestionMark = (token: string): string => token.replace(/^\?/, '')

/** The given key, shared access signature or connection string, else Azure's own credential chain. */
const accessTo = async ({ account: named, settings }: AzurePlace): Promise<Access> => {
  const { connectionString } = settings
  const accountKey = settings.accountKey ?? partOf(connectionString, 'AccountKey')
  const sas = settings.sasToken ?? partOf(connectionString, 'SharedAccessSignature')
  const { account, endpoint, isGiven } = azureEndpointOf(settings, named)
  const common = {
    azure_storage_account_name: account,
    ...(isGiven ? { azure_storage_endpoint: endpoint } : {}),
    ...(endpoint.startsWith('http:') ? { azure_allow_http: 'true' } : {}),
  }
  const azure = await import('@azure/storage-blob')
  if (accountKey !== undefined) {
    const credential = new azure.StorageSharedKeyCredential(account, accountKey)
    return {
      client: new azure.BlobServiceClient(endpoint, credential, PIPELINE),
      scanOptions: async () => ({ ...common, azure_storage_account_key: accountKey }),
    }
  }
  if (sas !== undefined) {
    return {
      client: new azure.BlobServiceClient(`${endpoint}?${withoutQuestionMark(sas)}`, undefined, PIPELINE),
      scanOptions: async () => ({ ...common, azure_storage_sas_key: withoutQuestionMark(sas) }),
    }
  }
  const { DefaultAzureCredential } = await import('@azure/identity')
  const credential = new DefaultAzureCredential()
  return {
    client: new azure.BlobServiceClient(endpoint, credential, PIPELINE),
    scanOptions: async () => {
      const { token } = await credential.getToken('https://storage.azure.com/.default')
      return { ...common, azure_storage_token: token }
    },
  }
}

const codeOf = (error: unknown): string | undefined => {
  const { code, details } = error as RestError & { readonly details?: { readonly errorCode?: string } }
  return details?.errorCode ?? code
}

/** Of the length that all blocks of a blob must have. */
const blockId = (upload: string, number: number): string =>
  Buffer.from(`${upload}-${String(number).padStart(6, '0')}`).toString('base64')

/** The requests of Azure's blob store. */
export const createAzureRequests = async (place: AzurePlace): Promise<ObjectRequests> => {
  const { client, scanOptions } = await accessTo(place)
  const container = client.getContainerClient(place.container)
  const ifAbsent = { conditions: { ifNoneMatch: '*' } }
  return {
    scanOptions,
    url: (key) => `azure://${place.container}/${key}`,
    conditionalUploads: 'yes',
    faultOf: (error) => azureFaultOf(error, { container: place.container, endpoint: client.url.split('?')[0] }),
    put: async (key, bytes, options, signal) => {
      const blob = container.getBlockBlobClient(key)
      const condition = options.ifAbsent ? ifAbsent : {}
      const input = { metadata: { writer: options.writer }, abortSignal: signal, ...condition }
      await blob.upload(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), bytes.length, input)
    },
    // Azure needs no request to begin an upload: blocks exist once they are staged.
    startUpload: async (key, options) => ({ key, id: options.writer, options }),
    uploadPart: async ({ key, id }, number, bytes, signal) => {
      const block = blockId(id, number)
      const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      await container.getBlockBlobClient(key).stageBlock(block, body, bytes.length, { abortSignal: signal })
      return block
    },
    completeUpload: async ({ key, options }, parts, signal) => {
      const condition = options.ifAbsent ? ifAbsent : {}
      const input = { metadata: { writer: options.writer }, abortSignal: signal, ...condition }
      await container.getBlockBlobClient(key).commitBlockList([...parts], input)
    },
    // Azure deletes uncommitted blocks after a week.
    abandonUpload: async () => {},
    abandonUploads: async () => 0,
    read: async (key, { offset, length }, version, reading) => {
      const condition = version === undefined ? {} : { conditions: { ifMatch: version } }
      try {
        const answer = await container
          .getBlobClient(key)
          .download(offset, length, { abortSignal: reading.signal, maxRetryRequests: 0, ...condition })
        const bytes = await collectBytes(answer.readableStreamBody, reading)
        const size = Number(answer.contentRange?.split('/')[1] ?? answer.contentLength ?? 0)
        return { bytes, size, version: answer.etag ?? '' }
      } catch (error) {
        if (codeOf(error) === 'BlobNotFound') return undefined
        if (codeOf(error) === 'InvalidRange') return { bytes: new Uint8Array(), size: 0, version: '' }
        throw error
      }
    },
    head: async (key, signal) => {
      try {
        const found = await container.getBlobClient(key).getProperties({ abortSignal: signal })
        return { size: found.contentLength ?? 0, writer: found.metadata?.['writer'] }
      } catch (error) {
        if (codeOf(error) === 'BlobNotFound') return undefined
        throw error
      }
    },
    list: async (prefix, { next }, signal) => {
      const start = next === undefined ? {} : { continuationToken: next }
      const pages = container.listBlobsFlat({ prefix, abortSignal: signal }).byPage({ maxPageSize: MAX_PAGE, ...start })
      const { value } = (await pages.next()) as { readonly value?: ContainerListBlobFlatSegmentResponse }
      const objects = (value?.segment.blobItems ?? []).map(({ name, properties }) => ({
        path: name,
        size: properties.contentLength ?? 0,
        modifiedMs: properties.lastModified.getTime(),
      }))
      const token = value?.continuationToken
      return { objects, next: token === '' ? undefined : token }
    },
    delete: async (key, signal) => {
      try {
        await container.getBlobClient(key).delete({ abortSignal: signal })
      } catch (error) {
        if (codeOf(error) !== 'BlobNotFound') throw error
      }
    },
  }
}
