import { dirname, join } from 'node:path'
import { createFileStore, openLossTable } from '@fleetlake/archive'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { CONTENT_TYPES, subjects } from '@fleetlake/contracts'
import { createMovePublisher, readDeadLetters, storeMessage } from '@fleetlake/hub'
import { expect, onTestFinished, test } from 'vitest'
import { archived, flush, ids, publishRows, rowsFrom, setUp } from './testing/collector-process.ts'

test('a message whose bytes are not those that were published becomes no row: it is a dead letter and a loss', async () => {
  const { hub, folder, warnings, start } = await setUp()
  await start()
  const publisher = createMovePublisher(hub, {
    run: 'run',
    agent: 'agent',
    partitions: [0],
    queueBytes: 1024 * 1024,
    duplicateWindowMs: 120_000,
  })
  onTestFinished(() => publisher.close())
  publisher.publish(0, encodePositions(positionsOfRows(rowsFrom(0, 10))), { 'fleet-rows': '10' })
  await publisher.drain()

  // Rows like any others, of which one bit is another: they can be read.
  const payload = encodePositions(positionsOfRows(rowsFrom(10, 10))) as Uint8Array<ArrayBuffer>
  await storeMessage(hub, 'move', subjects.move(0), payload, {
    id: 'damaged',
    contentType: CONTENT_TYPES.arrow,
    headers: { 'fleet-digest': 'crc32:00000000' },
  })
  // Of a program that makes no digests.
  await publishRows(hub, 0, rowsFrom(20, 10))
  await flush(hub, 0)

  expect(await archived(folder)).toEqual(ids([...rowsFrom(0, 10), ...rowsFrom(20, 10)]))
  const letters = await Array.fromAsync(readDeadLetters(hub), ({ messageSequence, rows, reason, payload: bytes }) => ({
    messageSequence,
    rows,
    reason: reason.split(':')[0],
    isAsItWas: Buffer.from(bytes).equals(payload),
  }))
  expect(letters).toEqual([
    { messageSequence: 2, rows: 0, reason: 'its bytes are not those that were published', isAsItWas: true },
  ])
  const { losses } = (await openLossTable(createFileStore(join(dirname(folder), 'losses'))))!
  expect(losses.map(({ from, to }) => ({ from, to }))).toEqual([{ from: 2, to: 2 }])
  expect(warnings).toContain(
    'the bytes of messages are not those that were published: they are dead letters, and their rows are lost; see `fleet table losses`',
  )
})
