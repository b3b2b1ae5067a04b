import { readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createFileStore, openLossTable, readMarks } from '@fleetlake/archive'
import type { PositionRow } from '@fleetlake/columnar'
import { moveStreamName } from '@fleetlake/contracts'
import { lookAtStream } from '@fleetlake/hub'
import { eventually, readTable, type TestHub } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { flush, publishRows, row, setUpServer } from './testing/collector-process.ts'

/** Archived before the damage, and acknowledged and not archived when it is done. */
const [ARCHIVED, WAITING] = [5, 40]

const rowsOf = (partition: number, from: number, count: number): PositionRow[] =>
  Array.from({ length: count }, (_, i) => row(from + i, { vehicleId: `${partition}-${from + i}` }))

/** A disk's mistake, of the files of one stream, while its server is down. */
type Damage = (folder: string) => Promise<void>

/** The block that has the last messages. */
const lastBlock = async (folder: string): Promise<string> => {
  const names = (await readdir(join(folder, 'msgs'))).filter((name) => name.endsWith('.blk'))
  return join(folder, 'msgs', names.toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b)).at(-1)!)
}
const flipAt = async (file: string, share: number): Promise<void> => {
  const bytes = await readFile(file)
  bytes[Math.floor(bytes.length * share)] ^= 1
  await writeFile(file, bytes)
}

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['a bit of a block of messages is flipped', async (folder) => flipAt(await lastBlock(folder), 0.6)],
  [
    'a bit of the length of a message is flipped',
    async (folder) => {
      const block = await lastBlock(folder)
      const bytes = await readFile(block)
      // Each message begins with its length, and the high bits of that are flags.
      let at = 0
      for (let message = 0; message < ARCHIVED + 10; message++) at += bytes.readUInt32LE(at) & 0x3fffffff
      bytes[at] ^= 1
      await writeFile(block, bytes)
    },
  ],
  ['a bit of the index is flipped', (folder) => flipAt(join(folder, 'msgs', 'index.db'), 0.5)],
  [
    'a block of messages is cut short',
    async (folder) => {
      const block = await lastBlock(folder)
      await truncate(block, Math.floor((await readFile(block)).length * 0.6))
    },
  ],
  ['a block of messages is gone', async (folder) => rm(await lastBlock(folder))],
  ["a bit of the stream's settings is flipped", (folder) => flipAt(join(folder, 'meta.inf'), 0.5)],
]

const folderOf = (server: TestHub, partition: number): string =>
  join(server.dataDir, 'jetstream', '$G', 'streams', moveStreamName(partition))

test('whatever a disk does to the files of a stream while no one who has read it lives, what is not archived then is in a recorded loss', async () => {
  const { server, hub, folder, start } = await setUpServer(DAMAGES.length)
  const partitions = DAMAGES.map((_, partition) => partition)
  /** Without its settings a stream is gone, and is not made again while there are others. */
  const left = partitions.slice(0, -1)
  const lossStore = createFileStore(join(dirname(folder), 'losses'))
  const publishEach = (to: readonly number[], from: number, count: number): Promise<unknown> =>
    Promise.all(
      to.map(async (partition) => {
        for (const one of rowsOf(partition, from, count)) await publishRows(hub, partition, [one])
      }),
    )
  const first = await start({}, { stopMs: 300 })
  await publishEach(partitions, 0, ARCHIVED)
  for (const partition of partitions) await flush(hub, partition)
  await publishEach(partitions, ARCHIVED, WAITING)
  const before = await Promise.all(partitions.map((partition) => lookAtStream(hub, partition)))
  const isNoted = async (): Promise<boolean> =>
    (await readMarks(lossStore)).filter(({ last }) => last === ARCHIVED + WAITING).length === partitions.length
  await eventually(isNoted, { what: 'the notes of what was read' })
  // What it has read comes nowhere.
  await rename(folder, `${folder}-away`)
  await first.collector.stop()
  await rename(`${folder}-away`, folder)
  await server.stop()
  for (const [partition, [, damage]] of DAMAGES.entries()) await damage(folderOf(server, partition))
  await server.restart()
  await start()
  await publishEach(left, 100, 5)
  for (const partition of left) await flush(hub, partition)

  const { vehicleIds } = await readTable(folder)
  const inTable = new Set(vehicleIds)
  const { losses } = (await openLossTable(lossStore))!
  const untold = partitions.flatMap((partition) => {
    const { created, last } = before[partition]
    const isTold = (sequence: number): boolean =>
      losses.some(
        ({ stream, created: of, from, to = last }) =>
          stream === moveStreamName(partition) && of === created && from <= sequence && sequence <= to,
      )
    return rowsOf(partition, 0, ARCHIVED + WAITING).flatMap(({ vehicleId }, i) =>
      inTable.has(vehicleId) || isTold(i + 1) ? [] : [`${DAMAGES[partition][0]}: ${vehicleId}`],
    )
  })
  expect(untold).toEqual([])
  const after = left.flatMap((partition) => rowsOf(partition, 100, 5)).map(({ vehicleId }) => vehicleId)
  expect(after.filter((vehicle) => !inTable.has(vehicle))).toEqual([])
})
