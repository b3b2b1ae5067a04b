import type { ArchiveConfig } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'

/** Of a connection string: `AccountName`, `AccountKey`, `BlobEndpoint`, `SharedAccessSignature` … */
export const partOf = (connectionString: string | undefined, name: string): string | undefined =>
  connectionString
    ?.split(';')
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** The account is the first part of the host's name, or of the path where the host is an address. */
const accountOf = (endpoint: string): string | undefined => {
  const { hostname, pathname } = new URL(endpoint)
  return pathname.split('/').find((segment) => segment !== '') ?? hostname.split('.')[0]
}

export interface AzureEndpoint {
  readonly account: string
  readonly endpoint: string
  /** By the settings, not by the account's name. */
  readonly isGiven: boolean
}

/**
 * Where an account is.
 * @param named the account that the path names
 * @throws FleetError `config.invalid`
 */
export const azureEndpointOf = (settings: ArchiveConfig['azure'], named: string | undefined): AzureEndpoint => {
  const { connectionString } = settings
  const given = settings.endpoint ?? partOf(connectionString, 'BlobEndpoint')
  const account = named ?? settings.account ?? partOf(connectionString, 'AccountName') ?? (given && accountOf(given))
  if (account === undefined) {
    throw new FleetError('config.invalid', 'archive.azure.account is needed: set it, or archive.azure.connectionString')
  }
  const endpoint = (given ?? `https://${account}.blob.core.windows.net`).replace(/\/$/, '')
  return { account, endpoint, isGiven: given !== undefined }
}
