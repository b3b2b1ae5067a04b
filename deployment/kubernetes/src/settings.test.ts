import { configSchema } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { laptop } from './clusters/laptop.ts'
import { production } from './clusters/production.ts'
import { formatHubConfig } from './hub/hub-config.ts'
import { formatSettings } from './settings.ts'

const GIB = 1024 ** 3

test('the settings are the repository’s, those that follow from the manifests, and the cluster’s own', () => {
  const { auth, hub, archive, viewer, gateway, collector } = configSchema.parse(parse(formatSettings(production)))
  expect({
    auth,
    url: hub.url,
    replicas: hub.replicas,
    syncInterval: hub.syncInterval,
    maxBytesPerPartition: hub.maxBytesPerPartition,
    path: archive.path,
    endpoint: archive.s3.endpoint,
    hubUrl: viewer.hubUrl,
    gatewayUrl: viewer.gatewayUrl,
    publicUrl: gateway.publicUrl,
    proxies: gateway.proxies,
    maxRows: collector.maxRows,
  }).toEqual({
    auth: 'required',
    url: 'nats://hub:4222',
    replicas: 3,
    syncInterval: 'always',
    maxBytesPerPartition: 4 * GIB,
    path: 's3://fleetlake/archive',
    endpoint: 'https://s3.example.com',
    hubUrl: 'wss://fleet.example.com/hub',
    gatewayUrl: 'http://gateway:3100',
    publicUrl: 'https://fleet.example.com',
    proxies: ['10.42.0.0/16'],
    maxRows: 2_000_000,
  })
})

test('a setting that is not there, or can’t be so, is refused before anything is applied', () => {
  expect(() => formatSettings({ ...laptop, settings: { collector: { maxRow: 5 } } })).toThrow(
    fault('config.invalid', /^the settings of fleetlake are not valid: .*Unrecognized key: "maxRow".*collector/s),
  )
  expect(() => formatSettings({ ...laptop, host: 'fleet.example.com/page' })).toThrow(
    fault('config.invalid', /must be like https:\/\/fleet\.example\.com, without a path.*gateway\.publicUrl/s),
  )
})

test('a secret among the settings is refused', () => {
  expect(() => formatSettings({ ...laptop, settings: { ops: { token: 'long-enough-for-a-token' } } })).toThrow(
    fault(
      'config.invalid',
      'the settings of fleetlake are not valid: ops.token is a secret, and everyone who may look at ConfigMaps would see it: leave it to FLEET_OPS_TOKEN of a Secret',
    ),
  )
})

test('streams that would not fit on the volume of a server are refused', () => {
  expect(() => formatHubConfig({ ...production, hub: { ...production.hub, storageGiB: 20 } })).toThrow(
    fault(
      'config.invalid',
      "the streams of fleetlake may take 32.3 GiB, and a server's volume of 20 GiB has room for 18.0: enlarge hub.storageGiB, or make hub.maxBytesPerPartition smaller",
    ),
  )
})
