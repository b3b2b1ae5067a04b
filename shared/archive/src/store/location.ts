import { FleetError } from '@fleetlake/core'

/** Where objects are, as a path or URL says. */
export type Location =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | {
      readonly kind: 'azure'
      readonly container: string
      readonly prefix: string
      /** Named by an abfss URL. */
      readonly account: string | undefined
    }

const URL_FORM = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>[^/]*)\/?(?<rest>.*)$/i
const S3 = new Set(['s3', 's3a', 's3n'])
const AZURE = new Set(['azure', 'az', 'abfs', 'abfss'])
const FORMS =
  'a folder, s3://bucket/prefix, azure://container/prefix or abfss://container@account.dfs.core.windows.net/prefix'

/** '' or ending in `/`. */
const prefixOf = (rest: string): string => {
  const segments = rest.split('/').filter((segment) => segment !== '')
  return segments.map((segment) => `${segment}/`).join('')
}

/**
 * What a path or URL names.
 * @throws FleetError `config.invalid`
 */
export const parseLocation = (path: string): Location => {
  const groups = URL_FORM.exec(path)?.groups
  if (groups === undefined) return { kind: 'file', folder: path }
  const scheme = groups['scheme'].toLowerCase()
  const { host, rest } = groups
  const isKnown = S3.has(scheme) || AZURE.has(scheme)
  if (!isKnown || host === '')
    throw new FleetError('config.invalid', `"${path}" is not a place for an archive: name ${FORMS}`)
  const prefix = prefixOf(rest)
  if (S3.has(scheme)) return { kind: 's3', bucket: host, prefix }
  const [container, server] = host.split('@')
  return { kind: 'azure', container, prefix, account: server?.split('.')[0] }
}

/** Whether a path is one of this machine's filesystem. @throws FleetError `config.invalid` for a URL of nothing known */
export const isFolder = (path: string): boolean => parseLocation(path).kind === 'file'

/** A place below another one. */
export const placeBelow = (path: string, name: string): string => `${path.replace(/\/+$/, '')}/${name}`
