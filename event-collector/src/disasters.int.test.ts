import { cp, rename, rm, writeFile } from 'node:fs/promises'
import { fault } from '@fleetlake/core/testing'
import { dirname, join } from 'node:path'
import { createFileStore, openTable } from '@fleetlake/archive'
import { DEAD_LETTERS } from '@fleetlake/contracts'
import { type PositionRow } from '@fleetlake/columnar'
import { countMessages, type Hub, lookAtStream, provision } from '@fleetlake/hub'
import { eventually, readTable, type TestHub } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { archived, flush, ids, publish, publishRows, rowsFrom, setUpServer } from './testing/collector-process.ts'

const RESTORED = 'the stream was restored to an earlier state; reading it again, rows may be doubled'

/** Stops the server, does something to its folder of streams, and starts it again. */
const whileStopped = async (server: TestHub, work: (streams: string) => Promise<void>): Promise<void> => {
  await server.stop()
  await work(join(server.dataDir, 'jetstream'))
  await server.restart()
}
const backUp = (server: TestHub): Promise<void> =>
  whileStopped(server, (streams) => cp(streams, `${streams}-backup`, { recursive: true }))
const restore = (server: TestHub): Promise<void> =>
  whileStopped(server, async (streams) => {
    await rm(streams, { recursive: true })
    await rename(`${streams}-backup`, streams)
  })

const publishEach = async (hub: Hub, rows: readonly PositionRow[]): Promise<void> => {
  for (const row of rows) await publishRows(hub, 0, [row])
}

const distinctIds = async (folder: string): Promise<string[]> => {
  const table = await readTable(folder)
  return [
    ...new Set(Array.from({ length: table.length }, (_, i) => `${table.vehicleIds[i]} ${table.time[i]}`)),
  ].toSorted()
}

/** Of streams. */
const txnsOf = async (folder: string): Promise<number[]> => {
  const { txns } = (await openTable(createFileStore(folder))).snapshot
  return [...txns].filter(([appId]) => appId.startsWith('MOVES_')).map(([, offset]) => offset)
}

test('a hub that is restored under a running collector is read again, and no row is lost', async () => {
  const { server, hub, folder, warnings, start } = await setUpServer()
  await start()
  await publishEach(hub, rowsFrom(0, 3))
  await flush(hub, 0)
  await backUp(server)
  await publishEach(hub, rowsFrom(3, 3))
  await flush(hub, 0)
  await restore(server)
  await publishEach(hub, rowsFrom(6, 2))
  expect((await lookAtStream(hub, 0)).last).toBe(5)
  await eventually(() => warnings.includes(RESTORED), { what: 'the warning' })
  await flush(hub, 0)
  expect(await distinctIds(folder)).toEqual(ids(rowsFrom(0, 8)))
})

test('a hub that was restored and has grown past the offset is known by the time of the last committed message', async () => {
  const { server, hub, folder, warnings, start } = await setUpServer()
  const before = await start()
  await publishEach(hub, rowsFrom(0, 3))
  await flush(hub, 0)
  await backUp(server)
  await publishEach(hub, rowsFrom(3, 3))
  await flush(hub, 0)
  await before.collector.stop()
  await restore(server)
  await publishEach(hub, rowsFrom(6, 8))
  expect((await lookAtStream(hub, 0)).last).toBe(11)
  await start()
  await eventually(() => warnings.includes(RESTORED), { what: 'the warning' })
  await flush(hub, 0)
  expect(await distinctIds(folder)).toEqual(ids(rowsFrom(0, 14)))
  expect(await txnsOf(folder)).toEqual([6, 11])
})

test('no commit passes a dead letter that is not stored; that is told, and goes on once the hub takes it', async () => {
  const { hub, config, folder, warnings, start } = await setUpServer()
  await hub.streams.drop(DEAD_LETTERS)
  await start({ maxRows: 1 })
  await publish(hub, 0, new TextEncoder().encode('malformed'))
  await publishRows(hub, 0, rowsFrom(0, 10))
  const isTold = (): boolean => warnings.some((warning) => warning.startsWith('dead letters are not stored yet'))
  await eventually(isTold, { what: 'the warning' })
  expect(await txnsOf(folder)).toEqual([])
  await provision(hub, config)
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 10)))
  expect(await countMessages(hub, DEAD_LETTERS)).toBe(1)
})

test('a dead letter that is refused holds the commit back until it is taken', async () => {
  const { hub, folder, warnings, start } = await setUpServer()
  await hub.streams.change(DEAD_LETTERS, { maxMessageBytes: 10 })
  await start({ maxRows: 1 })
  await publish(hub, 0, new TextEncoder().encode('malformed'))
  await publishRows(hub, 0, rowsFrom(0, 10))
  const isTold = (): boolean => warnings.some((warning) => warning.startsWith('a flush failed and is tried again'))
  await eventually(isTold, { what: 'the warning' })
  expect(await txnsOf(folder)).toEqual([])
  await hub.streams.change(DEAD_LETTERS, { maxMessageBytes: 100_000 })
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 10)))
  expect(await countMessages(hub, DEAD_LETTERS)).toBe(1)
})

test('a collector stops though the hub is gone and letters wait; the next one archives it all', async () => {
  const { server, hub, folder, warnings, start } = await setUpServer()
  const { collector } = await start({}, { stopMs: 300 })
  await publish(hub, 0, new TextEncoder().encode('malformed'))
  await publishRows(hub, 0, rowsFrom(0, 10))
  await publishRows(hub, 1, rowsFrom(10, 10))
  await server.kill()
  await collector.stop()
  await server.restart()
  await start()
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
  expect(warnings.filter((warning) => warning.includes('lost'))).toEqual([])
})

test('a store that fails loses nothing: tried again while running, left to the stream by a stop, told by a start', async () => {
  const { hub, folder, warnings, start } = await setUpServer()
  const failed = (): boolean => warnings.some((warning) => warning.startsWith('a flush failed and is tried again'))
  const breakStore = async (): Promise<void> => {
    await rename(folder, `${folder}-away`)
    await writeFile(folder, 'not a folder')
    warnings.length = 0
  }
  const mendStore = async (): Promise<void> => {
    await rm(folder)
    await rename(`${folder}-away`, folder)
  }
  const first = await start({ maxRows: 5 }, { stopMs: 300 })
  await breakStore()
  await publishRows(hub, 0, rowsFrom(0, 10))
  await eventually(failed, { what: 'the warning' })
  await mendStore()
  await flush(hub, 0)
  await breakStore()
  await publishRows(hub, 0, rowsFrom(10, 10))
  await eventually(failed, { what: 'the warning' })
  await first.collector.stop()
  await expect(start()).rejects.toThrow(fault('archive.other', 'there is no table'))
  await mendStore()
  await start()
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20)))
})

test('what is committed is purged but for the last message, and reading goes on', async () => {
  const { hub, folder, start } = await setUpServer()
  // The margin of the trailing purge is 30 s: by this everything is old enough at once.
  await start({}, { purgeMs: 50, duplicateWindowMs: -30_000 })
  await publishEach(hub, rowsFrom(0, 5))
  await flush(hub, 0)
  const isPurged = async (): Promise<boolean> => (await lookAtStream(hub, 0)).first === 5
  await eventually(isPurged, { what: 'the purge' })
  await publishEach(hub, rowsFrom(5, 5))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 10)))
  expect((await lookAtStream(hub, 0)).last).toBe(10)
})

test('a collector whose archive is replaced by an older copy writes nothing to it, and ends; the next one goes on with the copy', async () => {
  const { hub, folder, start } = await setUpServer()
  const told = Promise.withResolvers<unknown>()
  const { collector } = await start({}, { stopMs: 300, fail: told.resolve })
  await publishEach(hub, rowsFrom(0, 3))
  await flush(hub, 0)
  const path = dirname(folder)
  await cp(path, `${path}-copy`, { recursive: true })
  await publishEach(hub, rowsFrom(3, 3))
  await flush(hub, 0)
  await rename(path, `${path}-newest`)
  await rename(`${path}-copy`, path)
  const { version } = (await openTable(createFileStore(folder))).snapshot
  await publishEach(hub, rowsFrom(6, 2))
  // Asked for, so that it is flushed at once.
  flush(hub, 0).catch(() => undefined)
  await expect(Promise.reject(await told.promise)).rejects.toThrow(fault('table.replaced', /was replaced while/))
  await collector.stop()
  expect((await openTable(createFileStore(folder))).snapshot.version).toBe(version)

  // The hub has purged nothing since.
  await start()
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 8)))
})
