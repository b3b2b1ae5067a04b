import { readFileSync } from 'node:fs'
import { configSchema, listSettings } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { HUB } from './names.ts'
import type { FleetlakeProps, SettingsTree } from './props.ts'
import { ARCHIVE_FOLDER } from './services/archive-volume.ts'
import { IMPORTS, SERVICE_FACTS } from './services/service-facts.ts'

const repositoryFile = new URL('../../../fleet.yaml', import.meta.url)

/** Settings that follow from the manifests themselves. */
const derivedSettings = ({ host, hub, archive, podNetworks }: FleetlakeProps): SettingsTree => ({
  auth: 'required',
  hub: { url: `nats://${HUB}:4222`, replicas: hub.servers, syncInterval: hub.syncInterval },
  archive: { path: archive.kind === 'volume' ? ARCHIVE_FOLDER : archive.path },
  viewer: {
    host: '0.0.0.0',
    port: SERVICE_FACTS.viewer.port!,
    hubUrl: `wss://${host}/hub`,
    gatewayUrl: `http://gateway:${SERVICE_FACTS.gateway.port}`,
    importDir: IMPORTS.path,
  },
  gateway: {
    host: '0.0.0.0',
    port: SERVICE_FACTS.gateway.port!,
    publicUrl: `https://${host}`,
    proxies: podNetworks,
  },
})

/**
 * The text of fleet.yaml for a cluster: the repository's, what follows from the manifests, and the cluster's own, the later winning.
 * @throws FleetError `config.invalid` where a setting is unknown, wrong or a secret
 */
export const formatSettings = (props: FleetlakeProps): string => {
  const own = parse(readFileSync(repositoryFile, 'utf8')) as SettingsTree
  const settings = [derivedSettings(props), props.settings].reduce<SettingsTree>(merge, own)
  const checked = configSchema.safeParse(settings)
  if (!checked.success) throw invalid(props, z.prettifyError(checked.error))
  const secret = listSettings(configSchema).find(({ path, isSecret }) => isSecret && isSet(settings, path))
  if (secret !== undefined)
    throw invalid(
      props,
      `${secret.path} is a secret, and everyone who may look at ConfigMaps would see it: leave it to ${secret.variable} of a Secret`,
    )
  return stringify(settings)
}

const merge = (below: SettingsTree, above: SettingsTree): SettingsTree =>
  Object.fromEntries(
    [...new Set([...Object.keys(below), ...Object.keys(above)])].map((name) => {
      const [low, high] = [below[name], above[name]]
      return [name, isTree(low) && isTree(high) ? merge(low, high) : (high ?? low)]
    }),
  )

const isTree = (value: unknown): value is SettingsTree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSet = (settings: SettingsTree, path: string): boolean =>
  path.split('.').reduce<unknown>((at, name) => (isTree(at) ? at[name] : undefined), settings) !== undefined

const invalid = ({ namespace }: FleetlakeProps, what: string): FleetError =>
  new FleetError('config.invalid', `the settings of ${namespace} are not valid: ${what}`)
