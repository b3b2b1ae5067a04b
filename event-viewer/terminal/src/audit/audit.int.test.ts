import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore, openSearchTable } from '@fleetlake/archive'
import { type MessageInput, searchStream } from '@fleetlake/contracts'
import { connectHub, pendingSearchRecords, storeExport, storeSearchAsked, storeSearchEnded } from '@fleetlake/hub'
import { startTestHub, temporaryFolder } from '@fleetlake/testing'
import { parse } from 'csv-parse/sync'
import { expect, onTestFinished, test } from 'vitest'
import { type FleetRun, runFleetProcess } from '../testing/fleet.ts'

const asked = (query: string, person: string): MessageInput<'searchAsked'> => ({
  query,
  person,
  area: '{"type":"Polygon","coordinates":[]}',
  bounds: { west: -56.2, south: -34.93, east: -56.1, north: -34.88 },
  corners: 5,
  from: '2026-01-05T08:00:00Z',
  to: '2026-01-05T09:00:00Z',
  types: 1,
  vehicleTypes: ['taxi'],
  ids: 5,
  vehicleIds: ['a', 'b', 'c', 'd', 'e"1'],
  where: 'speed > 3',
  limit: 1_000,
  endsWithinMs: 80_000,
})

const setUp = async (): Promise<{ fleet: (...args: string[]) => Promise<FleetRun>; stopHub: () => Promise<void> }> => {
  const server = await startTestHub()
  onTestFinished(() => server.stop())
  const hub = await connectHub({ url: server.url, service: 'test' })
  await hub.streams.make(searchStream({ maxBytes: 1e6, duplicateWindowMs: 60_000, replicas: 1 }))
  const archive = await temporaryFolder()
  await storeSearchAsked(hub, asked('q1', 'anna_2eb'))
  await storeSearchEnded(hub, { query: 'q1', person: 'anna_2eb', status: 'complete', rows: 12, elapsedMs: 3 })
  // What was archived is still in the stream: a collector purges it later.
  const table = await openSearchTable(createFileStore(join(archive, 'searches')), { create: true })
  const records = await pendingSearchRecords(hub)
  await table!.append(records, { appId: 'SEARCHES@x#0', from: 0, to: 2, timestampMs: records[1].at })
  await table!.close()
  await storeExport(hub, { query: 'q1', person: 'anyone', format: 'csv', rows: 12 })
  await storeSearchAsked(hub, asked('q2', 'anyone'))
  await hub.close()
  const config = join(archive, 'fleet.yaml')
  await writeFile(config, `archive:\n  path: ${archive}\nhub:\n  url: ${server.url}\n`)
  return { fleet: (...args) => runFleetProcess(['audit', ...args, '--config', config]), stopHub: () => server.stop() }
}

test('it is told who searched and exported what, of the archive and of the hub, each once, the newest first', async () => {
  const { fleet, stopHub } = await setUp()
  const { code, out, err } = await fleet('--json')
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  const { endsWithinMs: _, area: __, ...same } = asked('', '')
  const times = { from: '2026-01-05T08:00:00.000Z', to: '2026-01-05T09:00:00.000Z' }
  const search = {
    ...same,
    ...times,
    kind: 'search',
    at: expect.any(String),
    area: { type: 'Polygon', coordinates: [] },
  }
  expect([code, err, lines]).toEqual([
    0,
    '',
    [
      { ...search, person: 'anyone', query: 'q2', exports: 0 },
      { kind: 'export', at: expect.any(String), person: 'anyone', query: 'q1', format: 'csv', rows: 12 },
      { ...search, person: 'anna.b', query: 'q1', status: 'complete', rows: 12, elapsedMs: 3, exports: 1 },
    ],
  ])
  const ofAnna = await fleet('--person', 'anna.b', '--format', 'csv')
  expect(parse(ofAnna.out, { columns: true })).toMatchObject([
    { kind: 'search', person: 'anna.b', ids: '5', vehicleIds: '["a","b","c","d","e\\"1"]', rows: '12', west: '-56.2' },
  ])
  const table = await fleet('--query', 'q1')
  expect([table.code, table.err]).toEqual([0, '2 entries\n'])
  expect(table.out).toMatch(
    /anna\.b +q1 +-56\.2,-34\.93,-56\.1,-34\.88 +2026-01-05T08:00:00Z for 1 h .* ids a b c and 2 more; types taxi; where speed > 3; at most 1,000 +12 +complete, exported 1 ×/,
  )
  expect((await fleet('--from', '2020-01-01', '--to', '2021-01-01')).err).toBe('0 entries\n')

  await stopHub()
  const alone = await fleet('--json')
  expect([alone.code, alone.out.trim().split('\n').length]).toEqual([3, 1])
  expect(alone.err).toMatch(/^what is not archived yet is missing: the hub can't be read \(no hub answers at /)
})
