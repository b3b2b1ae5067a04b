import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileStore } from '@fleetlake/archive'
import { positionsOfRows } from '@fleetlake/columnar'
import {
  ALL_BUCKETS,
  GROUP_ROWS,
  openProjectionTable,
  PRESENCE,
  presenceOfRows,
  type ProjectionTable,
} from '@fleetlake/projections'
import { eventually, temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { createCadenceMemory, type CadenceMemory, type CadenceMemoryDeps } from './cadence-memory.ts'

const [MINUTE, DAY_MS] = [60_000, 86_400_000]
const OFFSET = { version: 3, commit: 7, frontier: 100 }

/** Vehicle, day, and its cadence in s. */
type Known = readonly [vehicleId: string, day: number, seconds: number]

const presence = (known: readonly Known[]) =>
  presenceOfRows(
    known.map(([vehicleId, day, seconds]) => ({
      vehicleId,
      day,
      cell: '6c9x1',
      first: day * DAY_MS,
      last: day * DAY_MS + 4 * seconds * 1000,
      rows: 5,
      intervals: new Map([[seconds, 4]]),
    })),
  )

interface World {
  readonly folder: string
  readonly table: ProjectionTable
  readonly memory: CadenceMemory
  readonly faults: unknown[]
  readonly looks: () => number
  /** In ms. */
  pass(ms: number): void
  add(known: readonly Known[]): Promise<void>
}

const KNOWN: readonly Known[] = [
  ['a', 99, 60],
  ['a', 100, 60],
  ['a', 101, 600],
  ['bü', 100, 20],
  ['bü', 140, 120],
  ['c', 100, 300],
]

const openWorld = async (some: Partial<CadenceMemoryDeps> = {}): Promise<World> => {
  const folder = await temporaryFolder()
  const table = (await openProjectionTable(createFileStore(folder), PRESENCE, { create: true }))!
  let offset: typeof OFFSET | undefined
  const add = async (known: readonly Known[]): Promise<void> => {
    const to = { ...OFFSET, version: (offset?.version ?? OFFSET.version) + 1 }
    const change = { buckets: ALL_BUCKETS, from: offset, to, add: presence(known), operation: 'WRITE' }
    expect((await table.commit(change)).status).toBe('committed')
    offset = to
  }
  await add(KNOWN)
  const faults: unknown[] = []
  let [nowMs, looks] = [0, 0]
  const memory = createCadenceMemory({
    look: async () => {
      looks++
      return { table, state: await table.refresh() }
    },
    onFault: (error) => faults.push(error),
    now: () => nowMs,
    ...some,
  })
  return { folder, table, memory, faults, looks: () => looks, pass: (ms) => (nowMs += ms), add }
}

const rowsOf = (...reports: readonly (readonly [vehicleId: string, day: number])[]) =>
  positionsOfRows(
    reports.map(([vehicleId, day]) => ({
      vehicleId,
      vehicleType: 'bus',
      eventTime: day * DAY_MS + 5,
      longitude: 0,
      latitude: 0,
      speed: 0,
      heading: 0,
    })),
  )

const ROWS = rowsOf(['a', 99], ['a', 100], ['bü', 100], ['bü', 100], ['a', 101], ['bü', 140], ['d', 100], ['c', 100])
/** Nothing of the date before the frontier, nor of a vehicle that presence does not have. */
const EXPECTED = [undefined, 60_000, 20_000, 600_000, 120_000, undefined, 300_000]

test('cadences are those of the table, of dates that are folded: by dates, by the vehicles that a search names, and however little is held', async () => {
  const { memory, faults } = await openWorld()
  const tight = await openWorld({ mostHeldBytes: 0 })
  const many = Array.from({ length: 400 }, (_, i) => `other-${i}`)
  const answers = await Promise.all([
    memory.of(ROWS, undefined),
    memory.of(ROWS, undefined),
    memory.of(ROWS, ['a', 'bü', 'c', 'd']),
    memory.of(ROWS, ['a', 'bü', 'c', 'd', ...many]),
    tight.memory.of(ROWS, undefined),
    tight.memory.of(ROWS, ['a', 'bü', 'c', 'd']),
  ])
  expect(answers).toEqual(answers.map(() => EXPECTED))
  expect(await memory.of(rowsOf(['a', 100], ['c', 100]), ['c'])).toEqual([undefined, 300_000])
  expect([faults, tight.faults]).toEqual([[], []])
})

test('of what is too much to read nothing is said: of a date all its rows, of vehicles that a search names the row groups that may hold them', async () => {
  const nothing = EXPECTED.map(() => undefined)
  const named = ['a', 'bü', 'c', 'd']
  const few = await openWorld({ mostReadRows: KNOWN.length - 1 })
  expect(await few.memory.of(ROWS, undefined)).toEqual(nothing)
  expect(await few.memory.of(ROWS, named)).toEqual(EXPECTED)
  const none = await openWorld({ mostLookedUpRows: KNOWN.length - 1 })
  expect(await none.memory.of(ROWS, undefined)).toEqual(EXPECTED)
  expect(await none.memory.of(ROWS, named)).toEqual(nothing)
  const large = await openWorld({ mostLookedUpRows: 2 * GROUP_ROWS })
  await large.add(Array.from({ length: 3 * GROUP_ROWS }, (_, i): Known => [`other-${i}`, 100, 60]))
  const reports = rowsOf(['a', 100])
  expect(await large.memory.of(reports, ['a'])).toEqual([60_000])
  expect(await large.memory.of(reports, ['a', 'other-1', 'other-2'])).toEqual([undefined])
})

test('what is held is taken for a minute as it is, and then until what has changed is read', async () => {
  const { memory, looks, pass, add } = await openWorld()
  const ask = () => memory.of(rowsOf(['a', 101], ['e', 101]), undefined)
  const [before, after] = [
    [600_000, undefined],
    [600_000, 900_000],
  ]
  expect(await ask()).toEqual(before)
  await add([['e', 101, 900]])
  pass(MINUTE - 1)
  expect([await ask(), looks()]).toEqual([before, 1])
  pass(1)
  expect(await ask()).toEqual(before)
  await eventually(async () => (await ask())[1] !== undefined)
  expect(await ask()).toEqual(after)
  expect(looks()).toBe(2)
})

test('a table that is not there, or can not be read, costs cadences and nothing else, and is told', async () => {
  const none = await openWorld({ look: async () => undefined })
  expect([await none.memory.of(ROWS, undefined), none.faults]).toEqual([EXPECTED.map(() => undefined), []])
  const { folder, memory, faults } = await openWorld()
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet'))
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) await writeFile(join(folder, file), 'damaged')
  expect(await memory.of(rowsOf(['a', 100]), undefined)).toEqual([undefined])
  expect(faults).toMatchObject([{ code: 'table.invalid' }])
})
