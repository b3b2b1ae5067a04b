import { commitPath } from '../paths.ts'
import { createMemoryStore } from '../store/memory-store.ts'
import { fault } from '@fleetlake/core/testing'
import { createFileStore } from '../store/file-store.ts'
import { openTable } from '../table.ts'
import { temporaryFolder } from '@fleetlake/testing'
import { DuckDBInstance } from '@duckdb/node-api'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRows, encodeRows } from '../small/small-file.ts'
import { type Loss, lossesOf, lossId, type LossRow, newLosses } from './loss.ts'
import { flatLoss, LOSS_COLUMNS, lossOfFlat } from './loss-row.ts'
import { openLossTable } from './loss-table.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 10)

const lossOf = (some: Partial<Loss> = {}): Loss => ({
  stream: 'MOVES_3',
  created: '2026-11-01T00:00:00.123456789Z',
  epoch: 0,
  partition: 3,
  from: 1,
  to: 350,
  firstStored: NOW_MS - 3_600_000,
  lastStored: NOW_MS,
  partitions: 8,
  geohashLength: 5,
  toldAt: NOW_MS,
  ...some,
})

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const time = fc.integer({ min: 0, max: 4e12 })
const whole = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const anyLoss: fc.Arbitrary<Loss> = fc.record({
  stream: fc.string(),
  created: fc.string(),
  epoch: whole,
  partition: whole,
  from: fc.maxSafeNat(),
  to: optional(fc.maxSafeNat()),
  firstStored: optional(time),
  lastStored: time,
  partitions: optional(whole),
  geohashLength: optional(whole),
  toldAt: time,
})
const anyRow: fc.Arbitrary<LossRow> = fc.oneof(
  anyLoss.map((loss): LossRow => ({ kind: 'loss', id: lossId(loss), ...loss })),
  fc.record({ kind: fc.constant('settled' as const), id: fc.string(), at: time, by: fc.string(), note: fc.string() }),
)

test('what a file of losses holds is what was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 5 }), async (rows) => {
      const file = encodeRows(LOSS_COLUMNS, rows.map(flatLoss))
      const read = await decodeRows(LOSS_COLUMNS, file, 'test')
      expect(read.map((row) => lossOfFlat(row, 'test'))).toEqual(rows)
    }),
  )
})

test('a loss is recorded once, by however many and however often, and is read with the table', async () => {
  const store = createMemoryStore()
  expect(await openLossTable(store)).toBeUndefined()
  const [a, b] = await Promise.all([1, 2].map(() => openLossTable(store, { create: true, now: () => NOW_MS })))
  const [one, other] = [lossOf(), lossOf({ from: 400, to: undefined, firstStored: undefined, partitions: undefined })]
  await a!.record([one])
  await b!.record([one, other])
  await a!.record([one, other])
  const known = [one, other].map((loss) => ({ ...loss, id: lossId(loss), settled: undefined }))
  expect(await a!.refresh()).toEqual(known)
  expect((await openLossTable(store))!.losses).toEqual(known)
  expect(await Array.fromAsync(store.list('2026'))).toHaveLength(2)
})

const spansIn = (losses: readonly Loss[]): unknown[] => losses.map(({ from, to, epoch }) => [from, to, epoch])

test('of a loss that is told again with more, or in part, only what is not recorded yet is, and what is settled stays so', async () => {
  const table = (await openLossTable(createMemoryStore(), { create: true }))!
  const told = (from: number, to: number | undefined, some: Partial<Loss> = {}) => lossOf({ from, to, ...some })
  await table.record([told(5, 5)])
  await table.settle([table.losses[0].id], { at: 2, by: 'operator', note: 'imported again' })
  await table.record([told(5, 6)])
  await table.record([told(4, 8), told(6, 7), told(9, undefined), told(9, undefined), told(5, 6, { epoch: 1 })])
  await table.record([told(4, 8), told(10, 12)])
  expect(spansIn(table.losses)).toEqual([
    [4, 4, 0],
    [5, 5, 0],
    [5, 6, 1],
    [6, 6, 0],
    [7, 8, 0],
    [9, undefined, 0],
    [10, 12, 0],
  ])
  expect(table.losses.filter(({ settled }) => settled !== undefined)).toMatchObject([{ from: 5, to: 5, epoch: 0 }])
  expect(table.losses.map(({ id }) => id)).toEqual(table.losses.map(lossId))
})

test('every message that is told to be lost is in one loss, in whatever pieces it is told', () => {
  const span = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(12), fc.nat(1))
  fc.assert(
    fc.property(fc.array(fc.array(span, { maxLength: 4 }), { maxLength: 8 }), (calls) => {
      const told = calls.map((spans) => spans.map(([from, more, epoch]) => lossOf({ from, to: from + more, epoch })))
      const messagesOf = (losses: readonly Loss[]): string[] =>
        losses.flatMap(({ from, to, epoch }) =>
          Array.from({ length: to! - from + 1 }, (_, i) => `${epoch} ${from + i}`),
        )
      const rows: LossRow[] = []
      for (const some of told) rows.push(...newLosses(rows, some))
      expect(messagesOf(lossesOf(rows)).toSorted()).toEqual([...new Set(messagesOf(told.flat()))].toSorted())
    }),
  )
})

test('two who record at the same moment lose nothing, and the same loss by both is one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const memory = createMemoryStore()
      await openLossTable(memory, { create: true })
      const store = { ...memory, putIfAbsent: scheduler.scheduleFunction(memory.putIfAbsent) }
      const tables = await Promise.all([1, 2, 3].map(() => openLossTable(store)))
      const recording = tables.map((table, i) =>
        table!.record([lossOf(), lossOf({ partition: i, stream: `MOVES_${i}` })]),
      )
      await scheduler.waitFor(Promise.all(recording))
      const losses = (await openLossTable(memory))!.losses
      expect(losses.map(({ stream }) => stream).toSorted()).toEqual(['MOVES_0', 'MOVES_1', 'MOVES_2', 'MOVES_3'])
    }),
    { numRuns: 50 },
  )
})

test('an answer of the store that got lost is asked for again, and leaves no second row', async () => {
  const memory = createMemoryStore()
  await openLossTable(memory, { create: true })
  let failures = 1
  const store = {
    ...memory,
    putIfAbsent: async (path: string, bytes: Uint8Array) => {
      const result = await memory.putIfAbsent(path, bytes)
      if (failures-- > 0) throw new Error('no answer')
      return result
    },
  }
  const table = (await openLossTable(store))!
  await table.record([lossOf()])
  expect((await openLossTable(memory))!.losses).toHaveLength(1)
  expect(await Array.fromAsync(memory.list('2026'))).toHaveLength(1)
})

test('of a log that is not whole it is told, and nothing is written to it', async () => {
  const memory = createMemoryStore()
  const table = (await openLossTable(memory, { create: true, checkEveryMs: 0 }))!
  await table.record([lossOf()])
  await table.record([lossOf({ from: 400 })])
  await memory.delete(commitPath(1))
  const damaged = fault(
    'table.damaged',
    /^the table losses is damaged: .*\. It is whole up to version 0; nothing is written to it\. Put back/,
  )
  await expect(openLossTable(memory)).rejects.toThrow(damaged)
  await memory.delete(commitPath(2))
  await expect(table.record([lossOf({ from: 600 })])).rejects.toThrow(damaged)
  expect(table.losses).toHaveLength(2)
})

test('a settled loss stays, with who settled it and why; settled again the later word holds', async () => {
  const store = createMemoryStore()
  const table = (await openLossTable(store, { create: true }))!
  await table.record([lossOf()])
  const [{ id }] = table.losses
  await table.settle([id], { at: 2, by: 'operator', note: 'imported again' })
  await table.settle([id], { at: 3, by: 'operator', note: 'all of it' })
  expect((await openLossTable(store))!.losses).toMatchObject([
    { id, settled: { at: 3, by: 'operator', note: 'all of it' } },
  ])
})

test('of rows about one loss the widest times hold, in any order', () => {
  const rows = [
    lossOf({ firstStored: 5, lastStored: 10, toldAt: 20 }),
    lossOf({ firstStored: 3, lastStored: 9, toldAt: 30, partitions: 4 }),
    lossOf({ firstStored: 4, lastStored: 30, toldAt: 25 }),
  ].map((loss): LossRow => ({ kind: 'loss', id: lossId(loss), ...loss }))
  const widest = { firstStored: 3, lastStored: 30, toldAt: 20, partitions: undefined, geohashLength: undefined }
  expect(lossesOf(rows)).toMatchObject([widest])
  expect(lossesOf(rows.toReversed())).toMatchObject([widest])
})

test('another engine reads the files', async () => {
  const folder = await temporaryFolder()
  const table = (await openLossTable(createFileStore(folder), { create: true, now: () => NOW_MS }))!
  await table.record([lossOf(), lossOf({ to: undefined, from: 7, firstStored: undefined })])
  const name = (await readdir(folder)).find((one) => one.endsWith('.parquet'))!
  const connection = await (await DuckDBInstance.create()).connect()
  const sql = `SELECT stream, from_sequence::INT f, to_sequence::INT t, epoch_ms(last_stored)::DOUBLE AS stored FROM '${join(folder, name)}' ORDER BY f`
  expect((await connection.runAndReadAll(sql)).getRowObjects()).toEqual([
    { stream: 'MOVES_3', f: 1, t: 350, stored: NOW_MS },
    { stream: 'MOVES_3', f: 7, t: null, stored: NOW_MS },
  ])
  connection.closeSync()
})

test('it is not a table of positions, and is not taken for one', async () => {
  const store = createMemoryStore()
  await openLossTable(store, { create: true })
  await expect(openTable(store)).rejects.toThrow(fault('table.unsupported'))
})
