import { cp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createFileStore, openLossTable, readMarks } from '@fleetlake/archive'
import { lookAtStream } from '@fleetlake/hub'
import { countDistinct, eventually, readTable, type TestHub } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { flush, publishRows, rowsFrom, setUpServer } from './testing/collector-process.ts'

const lossStoreOf = (folder: string) => createFileStore(join(dirname(folder), 'losses'))
const lossesOf = async (folder: string) =>
  (await openLossTable(lossStoreOf(folder)))!.losses.map(({ partition, epoch, from, to }) => ({
    partition,
    epoch,
    from,
    to,
  }))

/** How far the collectors have noted a stream, by the last sequence; 0 when they have not. */
const notedOf = async (folder: string): Promise<number> =>
  Math.max(0, ...(await readMarks(lossStoreOf(folder))).map(({ last }) => last))

/** Does something to the server's streams while it is stopped. */
const whileStopped = async (server: TestHub, work: (streams: string) => Promise<void>): Promise<void> => {
  await server.stop()
  await work(join(server.dataDir, 'jetstream'))
  await server.restart()
}

test.each([
  ['and ends before', 0],
  ['and has grown further since', 6],
])(
  'a hub is restored to a state behind what is archived %s, and all who had read further are gone: what they had noted tells what is lost',
  async (_, rowsAfter) => {
    const { server, hub, folder, start } = await setUpServer()
    const first = await start()
    const publishEach = async (from: number, count: number): Promise<void> => {
      for (const row of rowsFrom(from, count)) await publishRows(hub, 0, [row])
    }
    await publishEach(0, 3)
    await flush(hub, 0)
    await whileStopped(server, (streams) => cp(streams, `${streams}-copy`, { recursive: true }))
    await publishEach(3, 4)
    await eventually(async () => (await notedOf(folder)) === 7, { what: 'the note of what was read' })
    await first.hub.close()
    await whileStopped(server, async (streams) => {
      await rm(streams, { recursive: true })
      await rename(`${streams}-copy`, streams)
    })
    await publishEach(7, rowsAfter)
    expect((await lookAtStream(hub, 0)).last).toBe(3 + rowsAfter)
    await start()
    await flush(hub, 0)
    await publishEach(20, 1)
    await flush(hub, 0)
    expect(await lossesOf(folder)).toEqual([
      { partition: 0, epoch: 0, from: 4, to: 7 },
      // Nobody knows whether more was acknowledged after the note.
      { partition: 0, epoch: 0, from: 8, to: undefined },
    ])
    expect(countDistinct(await readTable(folder))).toBe(3 + rowsAfter + 1)
  },
)

test('what was noted does not count any more once the table tells it', async () => {
  const { hub, folder, warnings, start } = await setUpServer()
  const { collector } = await start()
  await publishRows(hub, 0, rowsFrom(0, 10))
  await eventually(async () => (await notedOf(folder)) === 1, { what: 'the note of what was read' })
  await collector.stop()
  await start()
  await publishRows(hub, 0, rowsFrom(10, 10))
  await flush(hub, 0)
  expect(countDistinct(await readTable(folder))).toBe(20)
  expect(await lossesOf(folder)).toEqual([])
  expect(warnings).toEqual([])
})
