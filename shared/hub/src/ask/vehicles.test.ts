import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { type Message, type MessageInput, subjects } from '@fleetlake/contracts'
import { createMemoryServer } from '@fleetlake/broker/memory'
import { expect, test } from 'vitest'
import { openHub } from '../connection/open-hub.ts'
import { askVehicles, type VehicleOutcome } from './vehicles.ts'

const server = createMemoryServer()
const [client, finder] = ['terminal', 'event-finder'].map((service) =>
  openHub(server.connect({ name: service }), { service }),
)

const QUERY = { area: null, from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' }

const rowsOf = (...ids: string[]): Uint8Array<ArrayBuffer> =>
  encodePositions(
    positionsOfRows(
      ids.map((vehicleId) => ({
        vehicleId,
        vehicleType: 'bus',
        eventTime: 0,
        longitude: 0,
        latitude: 0,
        speed: 0,
        heading: 0,
      })),
    ),
  ) as Uint8Array<ArrayBuffer>

interface Answering {
  readonly query: string
  batch(task: number, batch: number, data: Uint8Array<ArrayBuffer>): void
  end(some: Partial<MessageInput<'vehicleQueryResultStats'>>): void
}

/** Asks a finder that answers as the test says. */
const askFinder = async (
  answer: (to: Answering) => void,
): Promise<{ batches: string[]; taken: string[]; cancelled: boolean; outcome: VehicleOutcome }> => {
  const taken: string[] = []
  let cancelled = false
  const reply = ({ data: { query }, reply: inbox }: { data: Message<'vehicleQuery'>; reply?: string }): void =>
    answer({
      query,
      batch: (task, batch, data) => {
        const headers = { 'fleet-task': String(task), 'fleet-batch': String(batch) }
        finder.send('vehicleQueryResult', inbox!, data, { headers })
      },
      end: (some) =>
        finder.send('vehicleQueryResultStats', inbox!, {
          query,
          status: 'complete',
          failed: [],
          files: { total: 1, pruned: 0, read: 1 },
          bytes: { total: 1, read: 1 },
          rows: { total: 1, pruned: 0, read: 1, selected: 1 },
          tasks: [],
          elapsedMs: 1,
          ...some,
        }),
    })
  const listeners = [
    finder.listen('vehicleQuery', subjects.vehicleQuery('*'), reply),
    finder.listen(
      'vehicleQueryTaken',
      subjects.vehicleQueryTaken('*', '*'),
      ({ data }) => void taken.push(`${data.task}/${data.batch}`),
    ),
    finder.listen('vehicleQueryCancel', subjects.vehicleQueryCancel('*', '*'), () => void (cancelled = true)),
  ]
  await finder.flush()
  const answered = askVehicles(client, QUERY)
  const batches: string[] = []
  for await (const { task, batch } of answered) batches.push(`${task}/${batch}`)
  const outcome = await answered.outcome
  await client.flush()
  await Promise.all(listeners.map((listener) => listener.close()))
  return { batches, taken, cancelled, outcome }
}

test('a batch that comes twice counts once, and both are told to be taken', async () => {
  const { batches, taken, outcome } = await askFinder(({ batch, end }) => {
    batch(0, 0, rowsOf('a', 'b'))
    batch(0, 0, rowsOf('a', 'b'))
    batch(1, 0, rowsOf('b'))
    end({
      tasks: [
        { task: 0, batches: 1, rows: 2 },
        { task: 1, batches: 1, rows: 1 },
      ],
    })
  })
  expect(batches).toEqual(['0/0', '1/0'])
  expect(taken.toSorted()).toEqual(['0/0', '0/0', '1/0'])
  expect(outcome).toMatchObject({ status: 'complete', reason: undefined, rows: 3, vehicles: 2 })
})

test('the end may come before the last batches', async () => {
  const { batches, outcome } = await askFinder(({ batch, end }) => {
    end({ tasks: [{ task: 0, batches: 2, rows: 2 }] })
    batch(0, 1, rowsOf('b'))
    setTimeout(() => batch(0, 0, rowsOf('a')), 300)
  })
  expect(batches).toEqual(['0/1', '0/0'])
  expect(outcome).toMatchObject({ status: 'complete', rows: 2 })
})

test.each(['complete', 'limit-reached'] as const)(
  'a %s answer of which a batch does not arrive is partial',
  async (status) => {
    const { outcome } = await askFinder(({ batch, end }) => {
      batch(0, 0, rowsOf('a'))
      end({ status, tasks: [{ task: 0, batches: 2, rows: 2 }] })
    })
    expect(outcome).toMatchObject({ status: 'partial', reason: "of the answer's batches 1 did not arrive", rows: 1 })
  },
)

test('a damaged batch is not held, and is the reason that is told', async () => {
  const { outcome } = await askFinder(({ batch, end }) => {
    batch(0, 0, Uint8Array.of(1, 2, 3))
    end({ tasks: [{ task: 0, batches: 1, rows: 1 }] })
  })
  expect(outcome).toMatchObject({ status: 'partial', reason: expect.stringContaining('Arrow'), rows: 0 })
})

test('a finder that falls silent leaves a partial answer, and the agents are told', async () => {
  const { batches, cancelled, outcome } = await askFinder(({ batch }) => batch(0, 0, rowsOf('a')))
  expect(batches).toEqual(['0/0'])
  expect(cancelled).toBe(true)
  expect(outcome).toMatchObject({
    status: 'partial',
    reason: expect.stringContaining('silent'),
    rows: 1,
    stats: undefined,
  })
})

test('a refusal is told with its reason, a partial answer with its first chunk', async () => {
  const refused = await askFinder(({ end }) => end({ status: 'refused', error: 'no' }))
  expect(refused.outcome).toMatchObject({ status: 'refused', reason: 'no' })
  const failed = [{ path: 'a.parquet', reason: 'the file is missing' }]
  const partial = await askFinder(({ end }) => end({ status: 'partial', failed }))
  expect(partial.outcome).toMatchObject({ status: 'partial', reason: 'a.parquet: the file is missing' })
})
