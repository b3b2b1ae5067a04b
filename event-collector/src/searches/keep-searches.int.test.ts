import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createFileStore, type ObjectStore, openSearchTable, recordsIn } from '@fleetlake/archive'
import { type MessageInput, SEARCHES } from '@fleetlake/contracts'
import { type Hub, pendingSearchRecords, storeExport, storeSearchAsked, storeSearchEnded } from '@fleetlake/hub'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, onTestFinished, test } from 'vitest'
import { startProvisioned } from '../../../shared/hub/src/testing/hub.ts'
import { createSearchKeeper, type SearchKeeper } from './keep-searches.ts'

const asked = (query: string): MessageInput<'searchAsked'> => ({
  query,
  person: 'anna',
  bounds: { west: -56.2, south: -34.9, east: -56.1, north: -34.8 },
  corners: 5,
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-02T00:00:00Z',
  types: 0,
  ids: 0,
  endsWithinMs: 80_000,
})

const search = async (hub: Hub, query: string): Promise<void> => {
  await storeSearchAsked(hub, asked(query))
  await storeSearchEnded(hub, { query, person: 'anna', status: 'complete', rows: 1, elapsedMs: 2 })
  await storeExport(hub, { query, person: 'bob', format: 'csv', rows: 1 })
}

const keeperOf = (hub: Hub, store: ObjectStore, warnings: string[] = []): SearchKeeper => {
  const keeper = createSearchKeeper(hub, {
    store,
    engine: 'test',
    duplicateWindowMs: 0,
    warn: (_, message) => warnings.push(message),
  })
  onTestFinished(async () => keeper.close())
  return keeper
}

/** The kinds and queries in the table, the oldest first. */
const kept = async (store: ObjectStore): Promise<string[]> => {
  const table = await openSearchTable(store)
  const records = await Array.fromAsync(recordsIn(table?.files({ from: -Infinity, to: Infinity }) ?? [], []))
  return records.map(({ kind, query }) => `${kind} ${query}`).toReversed()
}
const all = (...queries: string[]): string[] =>
  queries.flatMap((query) => ['asked', 'ended', 'exported'].map((kind) => `${kind} ${query}`))

test('the table holds each record once, though a collector is killed between its commit and its purge, and others run at once', async () => {
  const { hub, server, connect } = await startProvisioned()
  const folder = await temporaryFolder()
  const store = createFileStore(folder)
  await search(hub, 'q1')
  const path = fileURLToPath(new URL('testing/keeper-process.ts', import.meta.url))
  const dying = spawn(process.execPath, [path, server.url, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void dying.kill('SIGKILL'))
  expect(String(await once(dying.stdout, 'data'))).toBe('committed\n')
  dying.kill('SIGKILL')
  await once(dying, 'exit')
  expect([await kept(store), (await hub.streams.info(SEARCHES)).messages]).toEqual([all('q1'), 3])

  await search(hub, 'q2')
  const others = await Promise.all([connect(), connect(), connect()])
  const warnings: string[] = []
  await Promise.all(others.map((other) => keeperOf(other, store, warnings).run()))
  expect([await kept(store), warnings]).toEqual([all('q1', 'q2'), []])
})

test('what is archived and old enough leaves the stream, and what comes later is read behind it', async () => {
  const { hub } = await startProvisioned()
  const store = createFileStore(await temporaryFolder())
  const keeper = keeperOf(hub, store)
  await keeper.run()
  expect(await openSearchTable(store)).toBeUndefined()
  await search(hub, 'q1')
  // By a clock that is a minute ahead.
  const { before } = hub.streams
  const later: Hub = {
    ...hub,
    streams: {
      ...hub.streams,
      before: async (name) => ({ ...(await before(name, Date.now() + 1_000)), serverMs: Date.now() + 60_000 }),
    },
  }
  await keeperOf(later, store).run()
  expect(await hub.streams.info(SEARCHES)).toMatchObject({ first: 3, last: 3 })
  await search(hub, 'q2')
  await keeper.run()
  expect(await kept(store)).toEqual(all('q1', 'q2'))
  expect((await pendingSearchRecords(hub)).map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6])
})

test('a stream that is made again is brought in from its first record, and what others send there is kept as it is', async () => {
  const { hub } = await startProvisioned()
  const store = createFileStore(await temporaryFolder())
  await search(hub, 'q1')
  await keeperOf(hub, store).run()
  const { settings } = await hub.streams.info(SEARCHES)
  await hub.streams.drop(SEARCHES)
  await hub.streams.make(settings)
  await search(hub, 'q2')
  await hub.streams.append('searches.exported', new TextEncoder().encode('{"query":7}'), { timeoutMs: 30_000 })
  const keeper = keeperOf(hub, store)
  await keeper.run()
  await keeper.run()
  expect(await kept(store)).toEqual([...all('q1', 'q2'), 'unreadable '])
})

test('a record for which there is no room is refused with what to do, and one that is sent again is there once', async () => {
  const { hub } = await startProvisioned()
  await Promise.all([storeSearchAsked(hub, asked('q')), storeSearchAsked(hub, asked('q'))])
  expect((await hub.streams.info(SEARCHES)).messages).toBe(1)
  await hub.streams.change(SEARCHES, { maxBytes: 1 })
  await expect(storeSearchAsked(hub, asked('r'))).rejects.toThrow(
    "the search can't be recorded, and so is not done: the hub's stream SEARCHES is full: see that a collector runs, which archives it, or raise hub.maxBytesSearches",
  )
  await hub.streams.drop(SEARCHES)
  await expect(storeExport(hub, { query: 'q', person: 'bob', format: 'csv' }, { withinMs: 3_000 })).rejects.toThrow(
    /^the export can't be recorded, and so is not done: the hub does not store it .*: the stream SEARCHES is made when a service of this version starts$/,
  )
})
