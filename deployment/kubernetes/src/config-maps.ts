import { createHash } from 'node:crypto'
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import type { IIoK8sApiCoreV1Volume } from 'kubernetes-models/v1/Volume'
import { formatHubConfig } from './hub/hub-config.ts'
import { CONFIG_MAP, HUB } from './names.ts'
import type { FleetlakeProps } from './props.ts'
import { formatSettings } from './settings.ts'

/** The settings of all services, and the configuration of the hub's servers. */
export const configMaps = (props: FleetlakeProps): IConfigMap[] => [
  configMap(CONFIG_MAP, { 'fleet.yaml': formatSettings(props) }),
  configMap(HUB, { 'nats.conf': formatHubConfig(props) }),
]

/** On a pod's template, so that changed settings start pods again. */
export const settingsChecksum = (text: string): Readonly<Record<string, string>> => ({
  'fleetlake/settings': createHash('sha256').update(text).digest('hex').slice(0, 16),
})

export const configVolume = (name: string): IIoK8sApiCoreV1Volume => ({ name: 'config', configMap: { name } })

const configMap = (name: string, data: Readonly<Record<string, string>>): IConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
