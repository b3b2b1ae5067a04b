import { resolve, sep } from 'node:path'
import { azureEndpointOf } from './azure/azure-endpoint.ts'
import { parseLocation } from './location.ts'
import type { StoreSettings } from './open-store.ts'

type Place = Pick<StoreSettings, 'path' | 's3' | 'azure'>

/** By its host, however the endpoint is written. */
const hostOf = (endpoint: string): string => new URL(endpoint).href.replace(/\/$/, '')

/** A server with what it calls a bucket or container, and the folder there, which ends in `/`. */
const whereIs = ({ path, s3, azure }: Place): readonly [server: string, folder: string] => {
  const location = parseLocation(path)
  switch (location.kind) {
    case 'file':
      return ['file', resolve(location.folder).replace(/[/\\]*$/, sep)]
    case 's3':
      return [`s3 ${s3.endpoint === undefined ? '' : hostOf(s3.endpoint)} ${location.bucket}`, location.prefix]
    case 'azure': {
      const { account, endpoint } = azureEndpointOf(azure, location.account)
      return [`azure ${account} ${hostOf(endpoint)} ${location.container}`, location.prefix]
    }
  }
}

/** Whether one of two places is the other, or lies in it. @throws FleetError `config.invalid` */
export const placesOverlap = (one: Place, other: Place): boolean => {
  const [server, folder] = whereIs(one)
  const [otherServer, otherFolder] = whereIs(other)
  return server === otherServer && (folder.startsWith(otherFolder) || otherFolder.startsWith(folder))
}
