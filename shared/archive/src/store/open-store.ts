import type { ArchiveConfig } from '@fleetlake/contracts'
import { createFileStore } from './file-store.ts'
import { parseLocation, placeBelow } from './location.ts'
import type { ObjectStore } from './object-store.ts'
import { type TellRequest, toldStore } from './told-store.ts'

export type StoreSettings = Pick<ArchiveConfig, 'path' | 's3' | 'azure' | 'requestTimeoutMs' | 'requestAttempts'>

/**
 * The store at `path`: a folder, or a prefix of an S3 bucket or Azure container. What a remote store needs is loaded only for it (about
 * 0.3 s and 30 MB). Nothing is asked of the store yet.
 * @param tell told of each operation
 * @throws FleetError `config.invalid`
 */
export const openStore = async (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> => {
  const store = await openPlace(settings)
  return tell === undefined ? store : toldStore(store, tell)
}

const openPlace = async (settings: StoreSettings): Promise<ObjectStore> => {
  const location = parseLocation(settings.path)
  if (location.kind === 'file') return createFileStore(location.folder)
  const { createRemoteStore } = await import('./remote-store.ts')
  const patience = { attempts: settings.requestAttempts, timeoutMs: settings.requestTimeoutMs }
  if (location.kind === 's3') {
    const { createS3Requests } = await import('./s3/s3-requests.ts')
    const requests = await createS3Requests({ bucket: location.bucket, settings: settings.s3 })
    return createRemoteStore(requests, location.prefix, patience)
  }
  const { createAzureRequests } = await import('./azure/azure-requests.ts')
  const { container, account, prefix } = location
  return createRemoteStore(
    await createAzureRequests({ container, account, settings: settings.azure }),
    prefix,
    patience,
  )
}

/** The store of the table of positions, which is the folder `moves` of the archive. */
export const openTableStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'moves') }, tell)

/** The store of the table of losses, which is the folder `losses` of the archive. */
export const openLossStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'losses') }, tell)

/** The store of the registry, which is the folder `registry` of the archive. */
export const openRegistryStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'registry') }, tell)

/** The store of the table of searches, which is the folder `searches` of the archive. */
export const openSearchStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'searches') }, tell)

/** The store of the table of where vehicles were, which is the folder `presence` of the archive. */
export const openPresenceStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'presence') }, tell)

/** The store of the table of last positions, which is the folder `latest` of the archive. */
export const openLatestStore = (settings: StoreSettings, tell?: TellRequest): Promise<ObjectStore> =>
  openStore({ ...settings, path: placeBelow(settings.path, 'latest') }, tell)
