import { createMemoryStore, openLossTable, writeChunk } from '@fleetlake/archive'
import { rowsOfArrays, textsOfStrings } from '@fleetlake/columnar'
import { parquetCodec } from '@fleetlake/columnar/formats'
import { expect, test } from 'vitest'
import { DISASTERS } from './disasters.ts'
import { createExcuses } from './excuses.ts'
import { judgeAnswer, judgeLast, judgeTable } from './judge.ts'
import { createLedger, nameOf } from './ledger.ts'
import { readLosses, tellsOf } from './losses-watch.ts'
import { simulate } from './simulate.ts'
import { createTableWatch } from './table-watch.ts'

test.each([1, 2])(
  'story %i: whatever is killed, breaks, hangs or fails, nothing acknowledged is lost or doubled, and no answer is falsely complete',
  async (seed) => {
    const { failures, rows, answers, faults } = await simulate({ seed, minutes: 5 })
    expect(failures).toEqual([])
    expect(rows.acknowledged).toBeGreaterThan(1_000)
    expect(answers['complete']).toBeGreaterThan(5)
    expect(answers['last positions complete']).toBeGreaterThan(5)
    expect(Object.keys(faults).length).toBeGreaterThan(2)
  },
)

test.each(DISASTERS.map((disaster, i) => [disaster, i + 1] as const))(
  '%s: what is lost is told, no answer is falsely complete, and all else is found',
  async (disaster, seed) => {
    const { failures, rows, answers } = await simulate({ seed, minutes: 4, disasters: [disaster] })
    expect(failures).toEqual([])
    expect(rows.archived).toBeGreaterThan(1_000)
    expect(answers['complete']).toBeGreaterThan(5)
    expect(answers['last positions complete']).toBeGreaterThan(5)
  },
)

test('the same seed tells the same story', async () => {
  const tell = () => simulate({ seed: 9, minutes: 1, disasters: 1 })
  const [one, other] = [await tell(), await tell()]
  expect(one.lines.length).toBeGreaterThan(3)
  expect(other).toEqual(one)
})

const row = (vehicle: string) => ({ vehicle, eventTime: 1, longitude: 0, latitude: 0 })
const all = (one: { readonly vehicle: string }): boolean => one.vehicle !== ''
/** The names of rows of these vehicles. */
const names = (vehicles: string): string[] => [...vehicles].map((vehicle) => nameOf(row(vehicle)))

test('the judge finds rows that are missing, doubled, unknown or not asked for', () => {
  const ledger = createLedger()
  for (const vehicle of ['a', 'b', 'c']) ledger.sent(vehicle, [row(vehicle)])
  ledger.acknowledged(['a', 'b'])
  const judge = (status: string, vehicles: string, isWanted = all) =>
    judgeAnswer({ status, rows: names(vehicles) }, { due: ledger.due(isWanted), find: ledger.find, isWanted })
  expect(judge('complete', 'ab')).toBeUndefined()
  expect(judge('complete', 'cba')).toBeUndefined()
  expect(judge('partial', 'a')).toBeUndefined()
  expect(judge('complete', 'a')).toMatch(/lacks 1 of 2 rows/)
  expect(judge('partial', 'aa')).toMatch(/twice: a 1/)
  expect(judge('partial', 'd')).toMatch(/never sent: d 1/)
  expect(judge('partial', 'a', ({ vehicle }) => vehicle === 'b')).toMatch(/not asked for: a 1/)
  const acknowledged = ledger.allAcknowledged
  expect(judgeTable(names('ab'), { acknowledged, isSent: () => true })).toEqual([])
  expect(judgeTable(names('aax'), { acknowledged, isSent: (name) => name !== 'x 1' })).toEqual([
    'the table lacks 1 acknowledged rows: b 1 …',
    'the table has a row twice: a 1',
    'the table has a row that was never sent: x 1',
  ])
})

test('the judge finds last positions that are earlier than what was acknowledged, of a vehicle twice, or never sent', () => {
  const ledger = createLedger()
  const at = (eventTime: number) => ({ ...row('a'), eventTime })
  ledger.sent('m', [at(1), at(2), at(3)])
  ledger.sent('n', [at(4)])
  ledger.acknowledged(['m'])
  const judge = (status: string, rows: string[]) =>
    judgeLast({ status, rows }, { due: ledger.due(all), find: ledger.find, mayLack: (name) => name === 'a 3' })
  expect([judge('complete', ['a 2']), judge('complete', ['a 4']), judge('partial', [])]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(judge('complete', ['a 1'])).toMatch(/earlier than .*: a 2$/)
  expect(judge('complete', [])).toMatch(/earlier than .*: a 1$/)
  expect(judge('partial', ['a 2', 'a 3'])).toMatch(/twice: a$/)
  expect(judge('partial', ['b 1'])).toMatch(/never sent: b 1$/)
})

test('a disaster excuses rows that are repeated since the hub may have forgotten them, and rows that are gone where the answer says so', () => {
  const ledger = createLedger()
  const [archived, held] = [names('a'), new Set(['b'])]
  const excuses = createExcuses({ ledger, held: () => held, archived: () => archived })
  for (const vehicle of ['a', 'b', 'c', 'd']) ledger.sent(vehicle, [row(vehicle)])
  ledger.sent('malformed', [])
  ledger.acknowledged(['a', 'b', 'c', 'malformed'])
  const named = (isOf: (name: string) => boolean): string =>
    ['a', 'b', 'c', 'd'].filter((vehicle) => isOf(nameOf(row(vehicle)))).join('')
  const note = ['messages of MOVES_0 after message 5, stored between X and Y, may be lost: …']
  expect([excuses.isNeeded(), named(excuses.mayRepeat), named(excuses.ofAnswer()(note))]).toEqual([false, '', ''])
  const askedBefore = excuses.ofAnswer()
  excuses.add({})
  expect([named(askedBefore([])), named(askedBefore(note))]).toEqual(['', 'cd'])
  expect([excuses.isNeeded(), named(excuses.mayRepeat), excuses.mayLackLetter('malformed')]).toEqual([true, 'd', false])
  excuses.add({ again: new Set(['b']), forgetsLetters: true })
  expect([named(excuses.mayRepeat), excuses.mayLackLetter('malformed')]).toEqual(['bd', true])
  expect([named(excuses.ofAnswer()([])), named(excuses.ofAnswer()(note))]).toEqual(['', 'cd'])

  const due = new Set(names('abc'))
  const judge = (vehicles: string, notes: string[]) =>
    judgeAnswer(
      { status: 'complete', rows: names(vehicles) },
      { due, find: ledger.find, isWanted: all, mayRepeat: excuses.mayRepeat, mayLack: excuses.ofAnswer()(notes) },
    )
  expect(judge('abb', note)).toBeUndefined()
  expect(judge('ab', [])).toMatch(/lacks 1 of 3 rows/)
  expect(judge('a', note)).toMatch(/lacks 1 of 3 rows .* b 1 …/)
  expect(judge('aab', note)).toMatch(/twice: a 1/)
})

test('losses are read without any code of Fleetlake, and tell of the messages that were stored in their time, one that is only possible of all these', async () => {
  const store = createMemoryStore()
  expect(await readLosses(store)).toEqual([])
  const table = (await openLossTable(store, { create: true }))!
  const loss = { partition: 3, created: 'c', from: 5, to: 9, firstStored: 100, lastStored: 200 }
  const whole = { ...loss, stream: 'MOVES_3', epoch: 0, partitions: undefined, geohashLength: undefined, toldAt: 1 }
  await table.record([whole, { ...whole, from: 10, to: undefined }])
  await table.settle([table.losses[0].id], { at: 1, by: 'o', note: 'n' })
  const [certain, possible] = await readLosses(store)
  expect([certain, possible]).toMatchObject([
    { ...loss, isSettled: true },
    { ...loss, from: 10, to: undefined, isSettled: false },
  ])
  const place = { partition: 3, created: 'c', sequence: 5, storedMs: 100 }
  expect([tellsOf(certain, place), tellsOf(possible, { ...place, created: 'b' })]).toEqual([true, true])
  const others = [
    { partition: 2 },
    { created: 'b' },
    { sequence: 4 },
    { sequence: 10 },
    { storedMs: 99 },
    { storedMs: 201 },
  ]
  expect(others.filter((other) => tellsOf(certain, { ...place, ...other }))).toEqual([])
})

test('the watch of the table finds offsets that go back, and files that are removed with their rows or were not there', async () => {
  const store = createMemoryStore()
  const watch = createTableWatch(store)
  const commit = (version: number, ...actions: object[]): Promise<void> =>
    store.put(
      `_delta_log/${String(version).padStart(20, '0')}.json`,
      new TextEncoder().encode(actions.map((action) => JSON.stringify(action)).join('\n')),
    )
  await commit(0, { txn: { appId: 's', version: 7 } })
  await commit(1, { txn: { appId: 's', version: 6 } }, { remove: { path: 'x', dataChange: false } })
  expect(await watch.look()).toEqual([
    'version 1: the offset of s went back',
    'version 1: x is removed and was not there',
  ])
  expect([await watch.look(), watch.version]).toEqual([[], 1])
})

test('the watch of the table finds rows that come again and compactions that change rows, but for rows that may be repeated', async () => {
  const store = createMemoryStore()
  const write = async (...vehicles: string[]): Promise<string> => {
    const same = (): number[] => vehicles.map(() => 0)
    const rows = rowsOfArrays({
      length: vehicles.length,
      vehicleIds: textsOfStrings(vehicles),
      vehicle: Int32Array.from(vehicles.keys()),
      vehicleTypes: ['bus'],
      vehicleType: Int32Array.from(same()),
      eventTime: Float64Array.from(same()),
      longitude: Int32Array.from(same()),
      latitude: Int32Array.from(same()),
      speed: Float32Array.from(same()),
      heading: Float32Array.from(same()),
      measures: [],
    })
    return (await writeChunk(rows, { cell: 's0000', windowStart: 0 }, { store, codec: parquetCodec })).path
  }
  let version = 0
  const commit = (...actions: object[]): Promise<void> =>
    store.put(
      `_delta_log/${String(version++).padStart(20, '0')}.json`,
      new TextEncoder().encode(actions.map((action) => JSON.stringify(action)).join('\n')),
    )
  const [x, y, z, w] = [await write('a', 'b'), await write('b', 'c'), await write('a', 'b', 'c'), await write('a', 'c')]
  await commit({ add: { path: x, dataChange: true } })
  await commit({ add: { path: y, dataChange: true } })
  const drop = (path: string): object => ({ remove: { path, dataChange: false } })
  await commit(drop(x), drop(y), { add: { path: z, dataChange: false } })
  const watch = createTableWatch(store)
  expect(await watch.look()).toEqual([
    'version 1: the row b 0 is brought into the table twice',
    'version 2: a compaction changes rows',
  ])
  const lenient = createTableWatch(store, (name) => name === 'b 0')
  expect(await lenient.look()).toEqual([])
  expect(lenient.rows()).toEqual(['a 0', 'b 0', 'c 0'])
  await commit(drop(z), { add: { path: w, dataChange: false } })
  expect(await lenient.look()).toEqual(['version 3: a compaction changes rows'])
})
