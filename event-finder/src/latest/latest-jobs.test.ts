import { FleetError } from '@fleetlake/core'
import { messages } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { holdNothing } from '../tail/held-tail.ts'
import { createMeasuredArchive } from '../testing/measured-archive.ts'
import { createTurns } from '../waiting/turns.ts'
import { createLastPositions } from './last-positions.ts'
import { createLatestJobs } from './latest-jobs.ts'
import { searchOfLatest } from './latest-question.ts'

const unexpected = (what: unknown): never => {
  throw new Error('this was not to happen', { cause: what })
}

test('last positions are asked for by the vehicle or a column of texts, and no other is looked for', async () => {
  const { table } = await createMeasuredArchive([
    { name: 'order_id', type: 'string' },
    { name: 'temperature', type: 'double' },
  ])
  const { snapshot } = table
  const looked: string[] = []
  const statusOf = async (by: string): Promise<string> => {
    const asked = messages.latestQuery.data.parse({ query: 'q1', by })
    const jobs = createLatestJobs(
      { query: searchOfLatest(asked), question: { by, keys: undefined }, person: 'anna' },
      { client: 'anna', query: 'q1' },
      { maxVertices: 10 },
      {
        permit: unexpected,
        findAreas: unexpected,
        pin: async () => ({ snapshot, tail: holdNothing() }),
        latest: async (_, question) => {
          looked.push(question.by)
          return { rows: createLastPositions(question.by).take(), missing: [] }
        },
        records: { begin: unexpected, end: unexpected, export: unexpected },
        processor: createTurns(1),
      },
    )
    await jobs.pin(new AbortController().signal)
    return jobs.plan().then(
      () => 'planned',
      (error: unknown) => (error instanceof FleetError ? error.code : unexpected(error)),
    )
  }
  const keys = ['vehicle_id', 'order_id', 'driver_id', 'temperature', 'altitude', '*', 'speed', 'none']
  const found = Object.fromEntries(await Promise.all(keys.map(async (by) => [by, await statusOf(by)])))
  expect(found).toEqual({
    vehicle_id: 'planned',
    order_id: 'planned',
    // Well known, though the table does not have it yet.
    driver_id: 'planned',
    temperature: 'query.invalid',
    altitude: 'query.invalid',
    '*': 'query.invalid',
    speed: 'query.invalid',
    none: 'query.invalid',
  })
  expect(looked.toSorted()).toEqual(['driver_id', 'order_id', 'vehicle_id'])
})
