import { CONTENT_TYPES, configSchema, DEAD_LETTERS, subjects } from '@fleetlake/contracts'
import {
  decodeLetterPositions,
  decodePositions,
  encodePositions,
  type PositionRow,
  positionsOfRows,
  rowsOfPositions,
} from '@fleetlake/columnar'
import { connectHub, countMessages, type Hub, provision, readDeadLetters, storeMessage } from '@fleetlake/hub'
import { startTestHub } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { runFleetProcess, runIntoClosedPipe } from '../testing/fleet.ts'

const MIB = 1024 * 1024
const TIME = Date.UTC(2026, 0, 5, 8)

const row = (vehicleId: string, overrides: Partial<PositionRow> = {}): PositionRow => ({
  vehicleId,
  vehicleType: 'bus',
  eventTime: TIME,
  longitude: -56.2,
  latitude: -34.9,
  speed: 3,
  heading: 90,
  ...overrides,
})

const setUp = async (): Promise<{
  hub: Hub
  url: string
  fleet: (...args: string[]) => ReturnType<typeof runFleetProcess>
}> => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  onTestFinished(() => hub.close())
  await provision(
    hub,
    configSchema.parse({
      hub: { url: server.url, maxBytesPerPartition: 16 * MIB, maxBytesDeadLetters: MIB },
      partitioning: { count: 2 },
    }),
  )
  return { hub, url: server.url, fleet: (...args) => runFleetProcess(['dead-letters', ...args, '--hub', server.url]) }
}

const storeLetter = (hub: Hub, id: string, payload: Uint8Array, reason: string, rows: number): Promise<void> =>
  storeMessage(hub, 'deadLetter', subjects.deadLetter(1), payload as Uint8Array<ArrayBuffer>, {
    id,
    headers: {
      'fleet-reason': reason,
      'fleet-rows': String(rows),
      'fleet-stream': 'MOVES_1',
      'fleet-sequence': '9',
      'fleet-content-type': rows === 0 ? CONTENT_TYPES.json : CONTENT_TYPES.arrow,
    },
  })

/** One row that was in the future when it came and is not any more, one that can never be true. */
const batch = (): Uint8Array =>
  encodePositions(positionsOfRows([early(), row('off the globe', { latitude: 91, measures: { state: 'lost' } })]), [
    'future',
    'latitude',
  ])
const early = (): PositionRow => row('early', { measures: { temperature: Infinity, driver_id: 'd-1' } })

test('no letters is said in words', async () => {
  const { fleet } = await setUp()
  expect(await fleet()).toEqual({ code: 0, out: '', err: 'no dead letters\n' })
})

test('letters are listed once each with their reason, and shown with their rows or their text', async () => {
  const { hub, fleet } = await setUp()
  await storeLetter(hub, 'a', batch(), 'future', 2)
  await storeLetter(hub, 'b', new TextEncoder().encode('{"vehicle": 7}'), 'the JSON is not a position', 0)
  const listed = await fleet('list')
  expect(listed.out.split('\n').map((line) => line.replace(/\d{4}-\S+Z/, 'T'))).toEqual([
    '     1  T  MOVES_1 9: 2 rows, future',
    '     2  T  MOVES_1 9: a message of 14 B, the JSON is not a position',
    '',
  ])
  expect(listed.err).toBe('2 letters with 2 invalid rows\n')
  expect((await fleet('show', '2')).out.split('\n')[1]).toBe('{"vehicle": 7}')
  const shown = JSON.parse((await fleet('show', '1', '--json')).out)
  expect(shown.bad.map(({ reason, vehicle_id: id }: { reason: string; vehicle_id: string }) => [reason, id])).toEqual([
    ['future', 'early'],
    ['latitude', 'off the globe'],
  ])
  expect(shown.bad[1]).toMatchObject({ state: 'lost' })
  expect(await fleet('show', '7')).toMatchObject({
    code: 2,
    err: 'error: there is no dead letter 7: see `fleet dead-letters list`\n',
  })
})

test('what can be true by now is published once, and what can not stays a letter', async () => {
  const { hub, fleet } = await setUp()
  const received: Uint8Array[] = []
  for (const partition of [0, 1]) {
    hub.control.subscribe(subjects.move(partition), ({ data }) => void received.push(data.slice()))
  }
  await storeLetter(hub, 'a', batch(), 'future', 2)
  await storeLetter(hub, 'b', new TextEncoder().encode('malformed'), 'malformed', 0)
  expect((await fleet('replay', '1')).out).toBe(
    '1 letter published again, 1 row; 1 row still invalid: kept as a dead letter\n',
  )
  expect((await fleet('replay', '--all')).out).toBe(
    '1 letter published again, 0 rows; 1 row still invalid: kept as a dead letter\n',
  )
  await hub.flush()
  expect(received.map((payload) => new TextDecoder().decode(payload)).at(-1)).toBe('malformed')
  expect(received.slice(0, -1).flatMap((payload) => rowsOfPositions(decodePositions(payload)!))).toEqual([early()])
  const letters = await Array.fromAsync(readDeadLetters(hub))
  expect(letters.map(({ id, rows, reason }) => ({ id, rows, reason }))).toEqual([
    { id: 'a+1', rows: 1, reason: 'latitude' },
  ])
  expect(rowsOfPositions(decodeLetterPositions(letters[0].payload))[0].measures).toEqual({ state: 'lost' })
  expect(await countMessages(hub, DEAD_LETTERS)).toBe(1)
})

test('sequences or --all must be said', async () => {
  const { fleet } = await setUp()
  expect(await fleet('replay')).toMatchObject({ code: 2 })
})

test('dead letters are listed and shown quietly into a pipe whose reader has gone', async () => {
  const { hub, url } = await setUp()
  await storeLetter(hub, 'a', batch(), 'future:1, latitude:1', 2)
  for (const args of [[], ['show', '1']])
    expect(await runIntoClosedPipe(['dead-letters', ...args, '--hub', url])).toEqual({
      code: 0,
      err: args.length === 0 ? '1 letter with 2 invalid rows\n' : '',
    })
})
