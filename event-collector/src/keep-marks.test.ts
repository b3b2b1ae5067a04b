import { createMemoryStore, type ObjectStore, readMarks } from '@fleetlake/archive'
import type { StreamMark } from '@fleetlake/contracts'
import { eventually } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { createMarkKeeper } from './keep-marks.ts'

const markOf = (partition: number, sequence: number): StreamMark => ({
  partition,
  created: '2026-01-05T00:00:00Z',
  epoch: 0,
  from: 0,
  sequence,
  timestampMs: sequence,
  last: sequence,
})

/** A store whose writes wait, each until it is let go. */
const createSlowStore = () => {
  const store = createMemoryStore()
  const waiting: (() => void)[] = []
  const put: ObjectStore['put'] = async (path, bytes) => {
    await new Promise<void>((resolve) => waiting.push(resolve))
    return store.put(path, bytes)
  }
  return { store: { ...store, put }, waiting }
}

test('notes that wait while one is under way are one, and say what was seen when each was asked for', async () => {
  const { store, waiting } = createSlowStore()
  let seen: readonly StreamMark[] = [markOf(0, 5)]
  const keeper = createMarkKeeper({
    store,
    marks: () => seen,
    offsets: async () => ({ txns: new Map(), txnTimes: new Map() }),
    warn: (_, message) => expect.unreachable(message),
  })
  const first = keeper.note()
  await eventually(async () => waiting.length === 1)
  seen = [markOf(0, 7), markOf(1, 3)]
  const second = keeper.note()
  seen = [markOf(0, 9)]
  const third = keeper.note()
  // The lanes are gone.
  seen = []
  const rest = [second, third, keeper.note(), keeper.note()]
  waiting.shift()!()
  await first
  expect(await readMarks(store)).toEqual([markOf(0, 5)])
  await eventually(async () => waiting.length === 1)
  waiting.shift()!()
  await Promise.all(rest)
  expect(await readMarks(store)).toEqual([markOf(0, 9), markOf(1, 3)])
  expect(waiting).toEqual([])
})
