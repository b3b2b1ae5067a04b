import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistryStore } from '@fleetlake/archive'
import { configSchema, personToken, requestInbox } from '@fleetlake/contracts'
import { fault } from '@fleetlake/core/testing'
import { provideMontevideo } from '@fleetlake/event-generator'
import { askVehicles, connectHub, type Hub, runGeneration } from '@fleetlake/hub'
import { importIntoHub } from '@fleetlake/intake'
import { addAccount, addToken, openRegistry } from '@fleetlake/registry'
import { hubLogin, readHubKeys } from '@fleetlake/service'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStack, type Stack } from '../stack.ts'

const EVENTS = 5_000

let stack: Stack
let dataDir: string
const lines: string[] = []
const cleanups: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  dataDir = await temporaryFolder()
  const city = join(dataDir, 'city')
  await provideMontevideo(city)
  stack = await startStack({
    dataDir,
    collectors: 2,
    compactors: 1,
    gateways: 1,
    hub: { asksEveryone: true, partitions: 2, maxFileBytes: 1024 ** 3 },
    env: {
      FLEET_AUTH: 'required',
      FLEET_CONFIG: '/dev/null',
      FLEET_GATEWAY_PORT: '0',
      FLEET_GATEWAY_STATE_DIR: await temporaryFolder(),
      FLEET_GENERATOR_CITY_DIR: city,
      FLEET_PARTITIONING_COUNT: '2',
      FLEET_HUB_MAX_BYTES_PER_PARTITION: '64 MiB',
    },
    say: (line) => lines.push(line),
  })
})
afterAll(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup()
  await stack?.stop()
})

const config = () =>
  configSchema.parse({
    auth: 'required',
    hub: { url: stack.hubUrl, dataDir: join(dataDir, 'hub') },
    archive: { path: stack.archivePath },
    partitioning: { count: 2 },
  })

/** As who sits at the machine. */
const connectHere = async (): Promise<Hub> => {
  const hub = await connectHub({ ...(await hubLogin('terminal', config())), url: stack.hubUrl, service: 'test' })
  cleanups.push(() => hub.close())
  return hub
}

/** As a program of an account. */
const connectAs = async (user: string, password: string): Promise<Hub> => {
  const login = { user, password, person: personToken(user), requestInbox: requestInbox(user) }
  const hub = await connectHub({ ...login, url: stack.hubUrl, service: 'test' })
  cleanups.push(() => hub.close())
  return hub
}

const AROUND = {
  type: 'Polygon',
  coordinates: [
    [
      [-80, -60],
      [-20, -60],
      [-20, 0],
      [-80, 0],
      [-80, -60],
    ],
  ],
}

const search = async (hub: Hub, from: string, to: string) => {
  const answer = askVehicles(hub, { area: AROUND, from, to })
  for await (const _ of answer);
  const { status, reason, rows } = await answer.outcome
  return { status, reason, rows }
}

test('every service does its work with what its user may, and people what their role lets them', async () => {
  const here = await connectHere()
  const run = await runGeneration(here, { vehicles: 50, events: EVENTS, durationMs: 600_000 })
  expect(run).toMatchObject({ status: 'complete', flushed: true, events: EVENTS })
  const { from } = run
  const to = new Date(Date.parse(run.to) + 1).toISOString()
  const found = { status: 'complete', reason: undefined, rows: EVENTS }
  expect(await search(here, from, to)).toEqual(found)

  const file = join(dataDir, 'import.csv')
  await writeFile(file, `vehicle_id,vehicle_type,event_time,longitude,latitude\nimported,car,${from},-56.15,-34.9\n`)
  const imported = await importIntoHub({
    files: [file],
    settings: {},
    hub: here,
    config: config(),
    wait: true,
    signal: new AbortController().signal,
  })
  expect(imported).toMatchObject({ status: 'complete' })

  const registry = await openRegistry(await openRegistryStore(config().archive), { hub: here })
  cleanups.push(() => registry.close())
  const tokens: Record<string, string> = {}
  for (const [name, role] of [
    ['vera', 'viewer'],
    ['irene', 'investigator'],
    ['olga', 'operator'],
  ] as const) {
    await addAccount(registry, { name, role, password: 'correct horse battery' }, 'test')
    tokens[name] = await addToken(registry, { name: `of-${name}`, account: name }, 'test')
  }
  const irene = await eventually(() => connectAs('irene', tokens.irene).catch(() => false as const), {
    what: 'that the gateway knows the account',
  })
  const all = { ...found, rows: EVENTS + 1 }
  expect(await search(irene as Hub, from, to)).toEqual(all)
  await expect(runGeneration(irene as Hub, { vehicles: 1, events: 1 })).rejects.toThrow(
    fault('generation.refused', /^your role does not let you/),
  )
  const vera = await connectAs('vera', tokens.vera)
  expect(await search(vera, from, to)).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/^your role does not let you search/),
  })
  const olga = await connectAs('olga', tokens.olga)
  expect(await runGeneration(olga, { vehicles: 5, events: 50, durationMs: 60_000 })).toMatchObject({
    status: 'complete',
    flushed: true,
  })
})

test('the server has refused nothing to a service, and no secret is in a log line', async () => {
  const log = await readFile(join(dataDir, 'hub', 'nats-server.log'), 'utf8')
  const refused = log.split('\n').filter((line) => line.includes('Violation'))
  expect(refused.filter((line) => line.includes('service_3a') || line.includes('service:'))).toEqual([])
  expect(refused.length).toBeGreaterThan(0)
  const { passwords, issuerSeed } = await readHubKeys(join(dataDir, 'hub'), 'nothing')
  const secrets = [...Object.values(passwords), issuerSeed]
  const said = [...lines, log].join('\n')
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
})
