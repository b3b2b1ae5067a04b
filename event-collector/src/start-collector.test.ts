import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createFileStore, type ObjectStore, openTable } from '@fleetlake/archive'
import { CONTENT_TYPES, DEAD_LETTERS, subjects } from '@fleetlake/contracts'
import { decodeLetterPositions, type PositionRow, rowsOfPositions } from '@fleetlake/columnar'
import { countMessages } from '@fleetlake/hub'
import { tableFromIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import {
  archived,
  flush,
  ids,
  MIB,
  NOW,
  publish,
  publishRows,
  row,
  rowsFrom,
  setUp,
} from './testing/collector-process.ts'

test('malformed messages and invalid rows go to the dead letters with their reasons; the rest is kept and nothing is stuck', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  const bad = [
    row(1, { latitude: 91 }),
    row(2, { longitude: NaN }),
    row(3, { eventTime: NOW + 3_600_000 }),
    row(4, { latitude: -95 }),
  ]
  await publish(hub, 0, new TextEncoder().encode('malformed'))
  await publish(hub, 0, new TextEncoder().encode('{"vehicle_id":"v"}'), CONTENT_TYPES.json)
  await publish(hub, 0, new TextEncoder().encode('x'), 'text/plain')
  await publishRows(hub, 0, [row(10), ...bad, row(11)])
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids([row(10), row(11)]))
  const letters = await Promise.all([1, 2, 3, 4].map((sequence) => hub.streams.message(DEAD_LETTERS, { sequence })))
  const bySequence = letters
    .map((letter) => letter!)
    .toSorted((a, b) => Number(a.header('fleet-sequence')) - Number(b.header('fleet-sequence')))
  expect(bySequence.map(({ header }) => [header('ce-type'), header('fleet-stream'), header('fleet-rows')])).toEqual([
    ['dead-letter', 'MOVES_0', '0'],
    ['dead-letter', 'MOVES_0', '0'],
    ['dead-letter', 'MOVES_0', '0'],
    ['dead-letter', 'MOVES_0', '4'],
  ])
  expect(bySequence.map(({ header }) => header('fleet-reason'))).toEqual([
    expect.stringContaining('Arrow'),
    'the JSON is not a position: vehicle_type is missing; event_time is missing; longitude is missing; 1 more',
    'the content type is "text/plain": application/json and application/vnd.apache.arrow.stream are taken',
    'off-the-globe',
  ])
  expect(new TextDecoder().decode(bySequence[0].data)).toBe('malformed')
  expect(rowsOfPositions(decodeLetterPositions(bySequence[3].data))).toEqual(bad)
  expect(tableFromIPC(bySequence[3].data).getChild('reason')!.toJSON()).toEqual([
    'off-the-globe',
    'position-not-a-number',
    'in-the-future',
    'off-the-globe',
  ])
  expect(await countMessages(hub, DEAD_LETTERS)).toBe(4)
})

test('messages made to hang or to fill the memory of their reader go to the dead letters as they are, and their partition goes on', async () => {
  const { hub, folder, start } = await setUp()
  await start()
  const attacks = ['poison-1', 'poison-2', 'bomb'].map((name) =>
    readFileSync(new URL(`../../shared/columnar/src/testing/cases/${name}.arrow`, import.meta.url)),
  )
  await publishRows(hub, 0, [row(1)])
  for (const attack of attacks) await publish(hub, 0, attack)
  await publishRows(hub, 0, [row(2), row(3, { vehicleId: 'x'.repeat(256) }), row(4, { vehicleType: '' })])
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids([row(1), row(2)]))
  const letters = await Promise.all([1, 2, 3, 4].map((sequence) => hub.streams.message(DEAD_LETTERS, { sequence })))
  const bySequence = letters
    .map((letter) => letter!)
    .toSorted((a, b) => Number(a.header('fleet-sequence')) - Number(b.header('fleet-sequence')))
  expect(bySequence.slice(0, 3).map(({ data }) => Buffer.from(data))).toEqual(attacks.map((a) => Buffer.from(a)))
  for (const { header } of bySequence.slice(0, 3)) {
    expect([header('fleet-rows'), header('fleet-reason')]).toEqual(['0', expect.stringContaining('Arrow')])
  }
  expect(tableFromIPC(bySequence[3].data).getChild('reason')!.toJSON()).toEqual([
    'text-too-long',
    'vehicle-type-missing',
  ])
  expect(await countMessages(hub, DEAD_LETTERS)).toBe(4)
})

test('a message of nothing but bad rows is passed by a commit without files', async () => {
  const { hub, folder, config, start } = await setUp()
  await start()
  await publishRows(hub, 1, [row(0, { latitude: 91 })])
  await flush(hub, 1)
  const { snapshot } = await openTable(createFileStore(join(config.archive.path, 'moves')))
  expect([...snapshot.txns].filter(([appId]) => appId.startsWith('MOVES_')).map(([, to]) => to)).toEqual([1])
  expect(await archived(folder)).toEqual([])
})

test('a collector that stops flushes what it has buffered, and another goes on from there', async () => {
  const { hub, folder, start } = await setUp()
  const first = await start()
  await publishRows(hub, 0, rowsFrom(0, 500))
  await publishRows(hub, 1, rowsFrom(500, 500))
  await first.collector.stop()
  await publishRows(hub, 0, rowsFrom(1_000, 500))
  await start()
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 1_500)))
})

test('collectors that come and go share the partitions, and every row lands once', async () => {
  const { hub, folder, start } = await setUp()
  const first = await start({ maxRows: 400 })
  const all: PositionRow[] = []
  const send = async (from: number): Promise<void> => {
    const rows = rowsFrom(from, 200)
    all.push(...rows)
    await publishRows(hub, (from / 200) % 2, rows)
  }
  for (let i = 0; i < 10; i++) await send(i * 200)
  const second = await start({ maxRows: 400 })
  for (let i = 10; i < 20; i++) await send(i * 200)
  await first.collector.stop()
  for (let i = 20; i < 30; i++) await send(i * 200)
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await archived(folder)).toEqual(ids(all))
  await second.collector.stop()
})

test('a small budget of memory only slows it down', async () => {
  const { hub, folder, start } = await setUp()
  await start({ memory: 200_000 })
  for (let i = 0; i < 40; i++) await publishRows(hub, i % 2, rowsFrom(i * 500, 500))
  await Promise.all([flush(hub, 0), flush(hub, 1)])
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 20_000)))
})

test('a stream that is made again while it is read is archived from its beginning', async () => {
  const { hub, folder, start, warnings } = await setUp()
  await start()
  await publishRows(hub, 0, rowsFrom(0, 100))
  await flush(hub, 0)
  await hub.streams.drop('MOVES_0')
  await hub.streams.make({ name: 'MOVES_0', subjects: [subjects.move(0)], maxBytes: 16 * MIB })
  await publishRows(hub, 0, rowsFrom(100, 100))
  await flush(hub, 0)
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 200)))
  expect(warnings).toContain('the stream was made again; reading it from its beginning')
})

test('a collector that stops archives what it holds, though what it has seen can not be noted', async () => {
  const { hub, folder, start } = await setUp()
  const losses = createFileStore(join(dirname(folder), 'losses'))
  const noting = Promise.withResolvers<void>()
  const put: ObjectStore['put'] = (path, bytes) => {
    if (!path.startsWith('_fleetlake/marks/')) return losses.put(path, bytes)
    noting.resolve()
    return new Promise(() => {})
  }
  const stores = { moves: createFileStore(folder), losses: { ...losses, put } }
  const { collector } = await start({ maxAgeMs: 3_600_000 }, { stores, stopMs: 3_000 })
  await publishRows(hub, 0, rowsFrom(0, 10))
  await noting.promise
  await collector.stop()
  expect(await archived(folder)).toEqual(ids(rowsFrom(0, 10)))
})
