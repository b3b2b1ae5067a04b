import { createMemoryStore } from '@fleetlake/archive'
import { expect, test } from 'vitest'
import { createLedger, judgeAnswer } from './ledger.ts'
import { simulate } from './simulate.ts'
import { createTableWatch, judgeTable } from './table-watch.ts'

test.each([1, 2, 3])(
  'story %i: whatever is killed, breaks, hangs or fails, nothing acknowledged is lost or doubled, and no answer is falsely complete',
  async (seed) => {
    const { failures, rows, answers, faults } = await simulate({ seed, minutes: 6 })
    expect(failures).toEqual([])
    expect(rows.acknowledged).toBeGreaterThan(1_000)
    expect(answers['complete']).toBeGreaterThan(5)
    expect(Object.keys(faults).length).toBeGreaterThan(2)
  },
)

test('the same seed tells the same story', async () => {
  const [one, other] = [await simulate({ seed: 9, minutes: 1 }), await simulate({ seed: 9, minutes: 1 })]
  expect(one.lines.length).toBeGreaterThan(3)
  expect(other).toEqual(one)
})

const row = (vehicle: string) => ({ vehicle, eventTime: 1, longitude: 0, latitude: 0 })
const all = (one: { readonly vehicle: string }): boolean => one.vehicle !== ''

test('the judge finds rows that are missing, doubled, unknown or not asked for', () => {
  const ledger = createLedger()
  for (const vehicle of ['a', 'b', 'c']) ledger.sent(row(vehicle))
  ledger.acknowledged([row('a'), row('b')], 0)
  const judge = (status: string, vehicles: string[], isWanted = all) =>
    judgeAnswer({ status, vehicles }, ledger.due(isWanted), ledger, isWanted)
  expect(judge('complete', ['a', 'b'])).toBeUndefined()
  expect(judge('complete', ['c', 'b', 'a'])).toBeUndefined()
  expect(judge('partial', ['a'])).toBeUndefined()
  expect(judge('complete', ['a'])).toMatch(/lacks 1 of 2 rows/)
  expect(judge('partial', ['a', 'a'])).toMatch(/twice: a/)
  expect(judge('partial', ['d'])).toMatch(/never sent: d/)
  expect(judge('partial', ['a'], ({ vehicle }) => vehicle === 'b')).toMatch(/not asked for: a/)
  expect(judgeTable(['a', 'b'], ledger.allAcknowledged, () => true)).toEqual([])
  expect(judgeTable(['a', 'a', 'x'], ledger.allAcknowledged, (vehicle) => vehicle !== 'x')).toEqual([
    'the table lacks 1 acknowledged rows: b …',
    'the table has a row twice: a',
    'the table has a row that was never sent: x',
  ])
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
