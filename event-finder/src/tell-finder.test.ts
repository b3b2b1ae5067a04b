import { configSchema, subjects } from '@fleetlake/contracts'
import { askVehicles, type VehicleQueryInput, type VehicleQueryStats } from '@fleetlake/hub'
import { eventually } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startMemoryFixture } from '../../shared/hub/src/testing/memory-hub.ts'
import { createMetrics } from '../../shared/service/src/metrics/create-metrics.ts'
import { startFinder } from './start-finder.ts'
import { writeTestArchive } from './testing/archive.ts'
import { ALL, askAll, box, makeSearchStream } from './testing/finder.ts'

const start = async () => {
  const { connect } = startMemoryFixture()
  const client = await connect({ service: 'terminal' })
  await makeSearchStream(client)
  const archive = await writeTestArchive()
  const metrics = createMetrics('finder')
  const config = configSchema.parse({ archive: { path: archive.path } })
  const ops = { metrics, requires: () => {}, probe: () => {} }
  const finder = await startFinder(await connect({ service: 'event-finder' }), { config, version: '0', ops })
  onTestFinished(() => finder.stop())
  await client.flush()
  const read = async (...names: string[]): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await metrics.text())
        .split('\n')
        .filter((line) => names.some((name) => line.startsWith(name)))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    )
  return { client, archive, read }
}

test('what searches read, pass over and find is what their answers say', async () => {
  const { client, read } = await start()
  const corner = { type: 'Polygon', coordinates: [box(-56.19, -34.91, -56.18, -34.9)] }
  const queries: VehicleQueryInput[] = [ALL, { ...ALL, area: corner }]
  const stats: VehicleQueryStats[] = []
  for (const query of queries) stats.push((await askAll(client, query)).outcome.stats!)
  expect(stats.map(({ status }) => status)).toEqual(['complete', 'complete'])
  const sum = (of: (stat: VehicleQueryStats) => number): number => stats.reduce((total, stat) => total + of(stat), 0)
  const told = await read(
    'fleetlake_files',
    'fleetlake_found',
    'fleetlake_search',
    'fleetlake_tasks',
    'fleetlake_buffer',
  )
  expect(sum(({ files }) => files.pruned)).toBeGreaterThan(0)
  expect(told).toMatchObject({
    'fleetlake_searches_total{status="complete"}': 2,
    'fleetlake_searches_total{status="refused"}': 0,
    fleetlake_search_seconds_count: 2,
    'fleetlake_files_total{outcome="pruned"}': sum(({ files }) => files.pruned),
    'fleetlake_files_total{outcome="read"}': sum(({ files }) => files.read),
    fleetlake_found_rows_total: sum(({ rows }) => rows.selected),
    fleetlake_searches_waiting: 0,
    fleetlake_tasks_queued: 0,
    fleetlake_buffer_bytes: 0,
  })
})

test('a search that is refused is counted once, be it malformed or beyond what may be asked', async () => {
  const { client, read } = await start()
  const answer = askVehicles(client, { ...ALL, area: 'nowhere' })
  for await (const _ of answer);
  expect((await answer.outcome).status).toBe('refused')
  client.control.publish(subjects.vehicleQuery(client.person), new TextEncoder().encode('{'), {
    reply: client.inbox('malformed'),
    headers: client.control.encodeHeaders({}),
  })
  await eventually(
    async () => (await read('fleetlake_searches_total'))['fleetlake_searches_total{status="refused"}'] === 2,
  )
  expect(await read('fleetlake_search_seconds_count')).toEqual({ fleetlake_search_seconds_count: 0 })
})
