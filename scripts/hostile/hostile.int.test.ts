import {
  configSchema,
  type jsonMove,
  type MessageDefinition,
  type MessageName,
  messages,
  ANYONE,
  personInbox,
} from '@fleetlake/contracts'
import { askVehicles, connectHub, type Hub, runGeneration, type VehicleQueryInput } from '@fleetlake/hub'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { provideCity } from '../stack/provide-city.ts'
import { type Stack, startStack } from '../stack.ts'
import { connectRaw } from './raw-client.ts'
import { mutationsOf, sampleMessage } from './sample-message.ts'

const utf8 = new TextEncoder()
const AREA = {
  type: 'Polygon',
  coordinates: [
    [
      [-57, -36],
      [-55, -36],
      [-55, -34],
      [-57, -34],
      [-57, -36],
    ],
  ],
}
const QUERY: VehicleQueryInput = { area: AREA, from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' }

/** Hostile values of a field. As text: JSON can say more than JavaScript writes. */
const VALUES = [5e9, -1, -0, 0.5, 1e308, null, '', '\u0000', 'x'.repeat(1_000), '2200-01-01T00:00:00Z', [], {}, true]
const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

interface Told {
  readonly type: string
  readonly data: { query?: string; run?: string; status: string; error?: string }
}

/** Sends any bytes to any subject. */
const createSender = async (hub: Hub, url: string) => {
  const client = await connectRaw(url)
  onTestFinished(() => client.close())
  const inbox = personInbox(ANYONE, hub.uid)
  const answers = new Map<string, Told>()
  let sent = 0
  hub.control.subscribe(`${inbox}.*`, ({ subject, header, data }) => {
    const type = header('ce-type') ?? ''
    if (type !== messages.vehicleQueryResultStats.type && type !== messages.generationStats.type) return
    answers.set(subject, { type, data: JSON.parse(new TextDecoder().decode(data)) as Told['data'] })
  })
  return {
    answers,
    client,
    /** @returns where its answer comes */
    say: (type: string, subject: string, data: unknown, attributes: Record<string, string> = {}): string => {
      const reply = `${inbox}.${++sent}`
      const given = {
        'ce-specversion': '1.0',
        'ce-id': `hostile-${sent}`,
        'ce-type': type,
        'ce-source': '/hostile',
        'ce-time': new Date().toISOString(),
        'content-type': 'application/json',
        ...attributes,
      }
      const headers = Object.entries(given)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')
      const payload = typeof data === 'string' ? utf8.encode(data) : utf8.encode(JSON.stringify(data))
      client.publish({ subject, reply, headers, payload })
      return reply
    },
  }
}

const pidsOf = (stack: Stack): Record<string, number> =>
  Object.fromEntries(stack.processes().map(({ name, pid }) => [name, pid]))

/** Where a message goes that is meant for a part of the stack. */
const subjectsOf = (subject: string | undefined, uids: readonly string[]): string[] => {
  if (subject === undefined) return []
  if (!subject.includes('<')) return [subject]
  return ['0', 'hostile', ...uids].map((value) => subject.replaceAll(/<\w+>/g, value))
}

test('whatever is said on whatever subject, every service lives on and answers', async () => {
  await provideCity(configSchema.parse({}).generator.cityDir)
  const lines: string[] = []
  const stack = await startStack({
    dataDir: await temporaryFolder(),
    collectors: 1,
    finders: 1,
    generators: 1,
    say: (line) => void lines.push(line),
  })
  onTestFinished(() => stack.stop())
  const hub = await connectHub({ url: stack.hubUrl, service: 'test' })
  onTestFinished(() => hub.close())
  const made = await runGeneration(hub, { vehicles: 50, events: 2_000, startTime: '2026-01-05T01:00:00Z' })
  expect(made).toMatchObject({ status: 'complete', flushed: true })
  const pids = pidsOf(stack)
  const uids = stack.processes().flatMap(({ details }) => (typeof details['uid'] === 'string' ? [details['uid']] : []))
  const { say, answers, client } = await createSender(hub, stack.hubUrl)
  const query = (some: object = {}, attributes: Record<string, string> = {}): string =>
    say('vehicle-query', 'query.vehicles.anyone', { ...QUERY, query: crypto.randomUUID(), ...some }, attributes)

  const asked = [
    query({ ttlMs: 5_000_000_000 }),
    query({ ttlMs: 2 ** 31 }),
    query({ timeoutMs: 3_600_000 }),
    query({}, { 'ce-time': '2200-01-01T00:00:00Z' }),
    query({}, { 'ce-time': '1970-01-01T00:00:00Z' }),
    query({}, { 'ce-time': 'abc' }),
    query({}, { 'ce-source': 'x'.repeat(10_000) }),
    query({ area: { type: 'Feature', properties: {}, geometry: AREA, more: 'x'.repeat(900_000) } }),
    query({ limit: 1e308 }),
    query({ from: '0000-01-01T00:00:00Z', to: '9999-12-31T23:59:59Z' }),
    say('vehicle-query', 'query.vehicles.anyone', DEEP),
    say(
      'vehicle-query',
      'query.vehicles.anyone',
      JSON.stringify({ ...QUERY, query: 'deep', area: 0 }).replace('"area":0', `"area":${DEEP}`),
    ),
    say(
      'vehicle-query',
      'query.vehicles.anyone',
      JSON.stringify({
        ...QUERY,
        query: 'deep-feature',
        area: { type: 'Feature', properties: 0, geometry: AREA },
      }).replace('"properties":0', `"properties":${DEEP}`),
    ),
    ...['NaN', '1e999', '-1e999', '-0', '{"limit":NaN}', '', '\u0000', '"x"', 'null', '[]'].map((text) =>
      say('vehicle-query', 'query.vehicles.anyone', text),
    ),
    ...['1e999', '-0', '1e-320'].map((number) =>
      say(
        'vehicle-query',
        'query.vehicles.anyone',
        JSON.stringify({ ...QUERY, query: `number${number}`.replaceAll('.', ''), ttlMs: 1 }).replace(
          '"ttlMs":1',
          `"ttlMs":${number}`,
        ),
      ),
    ),
  ]
  const names = Object.keys(messages) as MessageName[]
  for (const name of names) {
    const { type, subject, content }: MessageDefinition = messages[name]
    // Its vehicles would fill the memory: that is what was asked for, and no fault.
    const tame = name === 'startGeneration' || name === 'generatePartition' ? { vehicles: 10, events: 10 } : {}
    const bodies: unknown[] =
      content === 'json'
        ? (['minimum', 'maximum'] as const).flatMap((end) => {
            const sample = sampleMessage(name, end)
            if ('options' in sample) sample['options'] = { ...(sample['options'] as object), ...tame, speedFactor: 1 }
            return [sample, ...mutationsOf(sample, VALUES), { ...sample, more: 1 }]
          })
        : [...VALUES, '', 'ARROW1', 'x'.repeat(100_000)]
    for (const to of subjectsOf(subject, uids)) {
      for (const body of bodies) say(type, to, body)
      say(type, to, { ...(bodies[0] as object) }, { 'ce-time': 'abc', 'ce-id': '' })
      say('other', to, bodies[0])
    }
    await client.flush()
  }
  for (const body of [
    ...mutationsOf(
      {
        vehicle_id: 'v',
        vehicle_type: 't',
        event_time: '2026-01-05T00:00:00Z',
        longitude: 1,
        latitude: 1,
      } satisfies ReturnType<typeof jsonMove.parse>,
      VALUES,
    ),
    '{"longitude":1e999}',
  ]) {
    say('move', 'commands.move.0', body)
  }
  for (const run of ['hostile', 'unknown']) say('stop-generation', 'generation.stop.anyone', { run })
  // An answer to a subject where no answer may go does not count.
  for (const reply of ['query.vehicles.anyone', 'commands.move.0', '$JS.API.STREAM.PURGE.MOVES_0', 'a..b']) {
    client.publish({ subject: 'query.vehicles.anyone', reply, headers: '', payload: utf8.encode('{}') })
  }
  await client.flush()
  const isAnswered = eventually(() => asked.every((reply) => answers.has(reply)), {
    what: `an answer to each of ${asked.length} queries`,
  })
  await Promise.race([isAnswered, stack.failure])
  const statusOf = (reply: string): string => answers.get(reply)!.data.status
  // No clock but the finder's own decides.
  expect(asked.slice(2, 5).map(statusOf)).toEqual(['complete', 'complete', 'complete'])
  expect([0, 1, 5, 6].map((i) => statusOf(asked[i]))).toEqual(Array(4).fill('refused'))

  const answer = askVehicles(hub, QUERY)
  for await (const _ of answer);
  expect(await answer.outcome).toMatchObject({ status: 'complete', rows: 2_000, vehicles: 50 })
  const again = await runGeneration(hub, { vehicles: 5, events: 50, startTime: '2026-01-07T00:00:00Z' })
  expect(again).toMatchObject({ status: 'complete', flushed: true })
  expect(pidsOf(stack)).toEqual(pids)
  expect(lines.filter((line) => /fatal|unhandled/i.test(line))).toEqual([])
})
