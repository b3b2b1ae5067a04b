import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Message, subjects } from '@fleetlake/contracts'
import { connectHub, type Hub, storeMessage } from '@fleetlake/hub'
import { startTestHub, temporaryFolder } from '@fleetlake/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FleetRun, runFleetProcess } from './testing/fleet.ts'

/** Clears a screen, names a window, colours by a C1 introducer, deletes, rings, turns the direction of writing. */
const HOSTILE = 'bus\x1b[2J\x1b]0;mine\x07\x9b31m\x7f\u202e7'
const SHOWN = String.raw`bus\u001b[2J\u001b]0;mine\u0007\u009b31m\u007f\u202e7`
/** What a terminal obeys, but ends of lines. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

const ROOT = join(import.meta.dirname, '../../..')
const stops: (() => Promise<unknown>)[] = []
let url: string
let archive: string
let hub: Hub
let imported: FleetRun

const startService = async (name: string): Promise<void> => {
  const flags = [
    `--hub.url=${url}`,
    `--archive.path=${archive}`,
    '--log.level=silent',
    '--partitioning.count=1',
    '--collector.max-age-ms=500',
  ]
  const child = spawn(
    process.execPath,
    [join(ROOT, name, 'src/main.ts'), ...flags, '--hub.max-bytes-per-partition=16MiB'],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  stops.push(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  await once(child, 'message')
}

const fleet = (...args: string[]): Promise<FleetRun> => runFleetProcess([...args, '--hub', url])

beforeAll(async () => {
  const server = await startTestHub()
  stops.push(() => server.stop())
  url = server.url
  archive = await temporaryFolder()
  hub = await connectHub({ url, service: 'test' })
  stops.push(() => hub.close())
  await Promise.all([startService('event-collector'), startService('event-finder')])
  const row = { vehicle_id: HOSTILE, vehicle_type: HOSTILE, longitude: -56.2, latitude: -34.9, state: HOSTILE }
  const rows = [
    { ...row, event_time: '2026-01-05T08:00:00Z' },
    { ...row, event_time: '2026-01-05T08:00:05Z' },
    { ...row, event_time: HOSTILE },
    { ...row, event_time: '2026-01-05T08:00:10Z', latitude: 91 },
  ]
  const file = join(archive, 'rows.ndjson')
  await writeFile(file, rows.map((each) => `${JSON.stringify(each)}\n`).join(''))
  imported = await fleet('import', file, '--columns', 'state=state')
  await storeMessage(hub, 'deadLetter', subjects.deadLetter(0), new TextEncoder().encode('not JSON \u202e\x9b31m'), {
    id: 'letter',
    headers: {
      'fleet-reason': 'json',
      'fleet-rows': '0',
      'fleet-stream': 'MOVES_0',
      'fleet-sequence': '9',
      'fleet-content-type': 'application/json',
    },
  })
})

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

const period = ['--from', '2026-01-05', '--to', '2026-01-06']

test('an import shows what it rejects, and obeys none of it', () => {
  expect(imported.out + imported.err).not.toMatch(OBEYED)
  expect(imported.err).toContain(String.raw`\u001b`)
})

test.each([
  ['a track', ['track', HOSTILE, ...period], 0, SHOWN],
  ['a track as JSON', ['track', HOSTILE, ...period, '--json'], 0, SHOWN.slice(3)],
  ['the measures of a vehicle', ['track', HOSTILE, ...period, '--select', 'attributes'], 0, 'attributes'],
  ['a track of an unknown vehicle', ['track', `${HOSTILE}8`, ...period], 0, `no position of ${SHOWN}8 was found`],
  ['dead letters', ['dead-letters', 'list'], 0, 'MOVES_0 9: a message of'],
  ['a dead letter', ['dead-letters', 'show', '1'], 0, String.raw`not JSON \u202e\u009b31m`],
  ['a dead letter as JSON', ['dead-letters', 'show', '1', '--json'], 0, String.raw`\u202e\u009b31m`],
  ['a wrong option', ['query', `--${HOSTILE}`], 2, SHOWN],
  ['a wrong value', ['query', '--bbox', '-57,-35,-56,-34', '--from', HOSTILE], 2, SHOWN],
  ['a file that is not there', ['query', '--area', HOSTILE, ...period], 2, SHOWN],
  ['a wrong command', [HOSTILE], 2, SHOWN],
] as const)('%s: what others wrote is shown and not obeyed', async (_, args, code, shown) => {
  const run = await fleet(...args)
  expect(run.out + run.err).not.toMatch(OBEYED)
  expect([run.code, run.out + run.err]).toEqual([code, expect.stringContaining(shown)])
})

test('what a generator says is shown and not obeyed', async () => {
  const listener = hub.listen('startGeneration', subjects.startGeneration('*'), ({ data: { run }, reply }) => {
    const time = '2026-01-05T08:00:00Z'
    const some = { run, events: 0, total: 9, elapsedMs: 1, eventsPerSecond: 0, agents: 1 }
    hub.send('generationProgress', reply!, { ...some, phase: 'generating', note: HOSTILE })
    const failed: Message<'generationStats'> = {
      ...some,
      status: 'failed',
      flushed: false,
      from: time,
      to: time,
      streams: [],
      error: HOSTILE,
    }
    hub.send('generationStats', reply!, failed)
  })
  await hub.flush()
  const { out, err } = await fleet('generate')
  expect(out + err).not.toMatch(OBEYED)
  expect(out).toContain(SHOWN)
  await listener.close()
})

test('a format for machines keeps every byte in a pipe', async () => {
  const { code, out } = await fleet('query', '--bbox', '-57,-35,-56,-34', ...period, '--format', 'csv')
  expect([code, out.split('\n')[1].split(',')[0]]).toEqual([0, HOSTILE])
})
