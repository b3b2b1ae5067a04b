import { configSchema } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { askFolder } from './ask-folder.ts'
import { lookAtDisks, portsOf } from './look-at-machine.ts'

const LONG_MS = 60_000
const here = import.meta.dirname
const configOf = (path: string) =>
  configSchema.parse({ archive: { path }, hub: { dataDir: `${here}/none` }, viewer: { importDir: `${here}/none` } })

test('a disk is asked what it has, and a folder that is not there is left out', async () => {
  expect(await lookAtDisks(configOf(here), LONG_MS)).toEqual([
    {
      setting: 'archive.path',
      folder: here,
      space: { isKnown: true, value: { freeBytes: expect.any(Number), totalBytes: expect.any(Number) } },
    },
  ])
  expect(await lookAtDisks(configOf(`${here}/none`), LONG_MS)).toEqual([])
  // A file is no folder.
  expect(await lookAtDisks(configOf(import.meta.filename), LONG_MS)).toEqual([])
})

test('a disk that does not answer is told, and not waited for', async () => {
  const hanging = 'setInterval(() => {}, 1_000)'
  const found = await lookAtDisks(configOf('/mnt/far'), 200, (folder, signal) => askFolder(folder, signal, hanging))
  const reason = (folder: string) => ({
    isKnown: false,
    code: 'service.failed',
    reason: `it took longer than 0.2 s to look at ${folder}`,
  })
  expect(found).toEqual([
    { setting: 'archive.path', folder: '/mnt/far', space: reason('/mnt/far') },
    { setting: 'hub.dataDir', folder: `${here}/none`, space: reason(`${here}/none`) },
    { setting: 'viewer.importDir', folder: `${here}/none`, space: reason(`${here}/none`) },
  ])
})

const asked = (config: object): string[] =>
  portsOf(configSchema.parse(config)).map(({ name, host, port }) => `${name} ${host}:${port}`)

test('ports are asked where they are: at this machine only if the hub is there', () => {
  expect(asked({})).toEqual(["hub's websocket 127.0.0.1:9222", 'viewer 127.0.0.1:3000'])
  expect(asked({ viewer: { host: '0.0.0.0' }, gateway: { host: '0.0.0.0', port: 3100 } })).toEqual([
    "hub's websocket 127.0.0.1:9222",
    'viewer 127.0.0.1:3000',
    'gateway 127.0.0.1:3100',
  ])
  // As in deployment/compose/fleet.yaml.
  expect(
    asked({
      hub: { url: 'nats://nats:4222' },
      viewer: { host: '0.0.0.0', gatewayUrl: 'http://gateway:3100' },
      gateway: { host: '0.0.0.0', port: 3100 },
    }),
  ).toEqual(["hub's websocket nats:9222", 'gateway gateway:3100'])
  expect(asked({ hub: { url: 'nats://nats:4222' }, viewer: { host: 'fleet.example.com', port: 80 } })).toEqual([
    "hub's websocket nats:9222",
    'viewer fleet.example.com:80',
  ])
  expect(asked({ viewer: { port: 0, gatewayUrl: 'https://login.example.com' } })).toEqual([
    "hub's websocket 127.0.0.1:9222",
    'gateway login.example.com:443',
  ])
  expect(asked({ viewer: { port: 0, gatewayUrl: 'http://[::1]:3100' } })).toEqual([
    "hub's websocket 127.0.0.1:9222",
    'gateway ::1:3100',
  ])
})
