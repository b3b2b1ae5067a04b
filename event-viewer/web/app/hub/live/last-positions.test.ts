import { type PositionRow, positionsOfRows } from '@fleetlake/columnar'
import type { LatestQueryInput, VehicleAnswer, VehicleOutcome } from '@fleetlake/hub/browser'
import { eventually } from '@fleetlake/testing'
import { expect, it } from 'vitest'
import { createLastPositions, type LastPositions } from './last-positions.ts'
import { createLiveIntake } from './live-intake.ts'

const NOW_MS = Date.UTC(2026, 10, 21, 9)
const HOUR_MS = 3_600_000
const EMPTY = positionsOfRows([])

interface Asked {
  readonly input: LatestQueryInput
  readonly signal: AbortSignal
  end(status: VehicleOutcome['status'], reason?: string): void
}

/** Questions that are answered when the test says so, by two batches each. */
const createWorld = (): {
  last: LastPositions
  ask: (input: LatestQueryInput, signal: AbortSignal) => VehicleAnswer
  asked: Asked[]
  taken: number[]
  all: (readonly [round: number, askedMs: number])[]
  /** Has the page forget a vehicle to make room. */
  evict: () => void
} => {
  const asked: Asked[] = []
  const taken: number[] = []
  const all: [round: number, askedMs: number][] = []
  let nowMs = 0
  let evicted = 0
  const ask = (input: LatestQueryInput, signal: AbortSignal): VehicleAnswer => {
    const { promise: outcome, resolve } = Promise.withResolvers<VehicleOutcome>()
    asked.push({
      input,
      signal,
      end: (status, reason) => resolve({ status, reason, rows: 2, vehicles: 2, stats: undefined }),
    })
    return {
      query: `q${asked.length}`,
      outcome,
      cancel: () => undefined,
      async *[Symbol.asyncIterator]() {
        yield { task: 0, batch: 0, rows: EMPTY }
        yield { task: 0, batch: 1, rows: EMPTY }
      },
    }
  }
  const last = createLastPositions({
    ask,
    take: (_, round) => void taken.push(round),
    onAll: (round, askedMs) => void all.push([round, askedMs]),
    evicted: () => evicted,
    nowMs: () => ++nowMs,
    hubMs: () => NOW_MS,
    maxVehicles: 1_000,
    nextTask: async () => undefined,
  })
  return { last, ask, asked, taken, all, evict: () => void evicted++ }
}
const sinceHours = ({ asked }: { readonly asked: readonly Asked[] }): (number | undefined)[] =>
  asked.map(({ input: { since } }) => (since === undefined ? undefined : (NOW_MS - Date.parse(since)) / HOUR_MS))

it('asks once the hub is reached and some are wanted, again when more are, and when the hub is reached again', () => {
  const world = createWorld()
  world.last.want(HOUR_MS)
  expect([world.asked, world.last.known()]).toEqual([[], undefined])
  world.last.askAll()
  world.last.want(HOUR_MS)
  world.last.want(24 * HOUR_MS)
  world.last.want(HOUR_MS)
  world.last.want(Infinity)
  world.last.askAll()
  expect(sinceHours(world)).toEqual([1, 24, 1, undefined, undefined])
  expect(world.asked.map(({ input }) => input.limit)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000])
  expect(world.asked.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true, false])
  world.last.want(0)
  expect([world.asked[4].signal.aborted, world.last.known()]).toEqual([true, undefined])
})

it('takes an answer for all that there are only when it is complete and the newest', async () => {
  const world = createWorld()
  const { last, asked, taken, all } = world
  last.want(HOUR_MS)
  last.askAll()
  last.askAll()
  expect(last.known()).toEqual({ status: 'asking' })
  asked[0].end('complete')
  await eventually(() => taken.length === 2)
  asked[1].end('complete')
  await eventually(() => last.known()?.status === 'complete')
  expect([taken, all]).toEqual([[2, 2], [[2, 2]]])
  last.askAll()
  asked[2].end('partial', 'no projector runs')
  await eventually(() => last.known()?.status === 'partial')
  expect([last.known(), all]).toEqual([{ status: 'partial', reason: 'no projector runs' }, [[2, 2]]])
})

it('asks for recent ones alone beside, and tells nothing of that', async () => {
  const world = createWorld()
  const { last, asked, taken, all } = world
  last.want(24 * HOUR_MS)
  last.askAll()
  last.askRecent()
  asked[0].end('complete')
  await eventually(() => all.length === 1)
  last.askRecent()
  asked[1].end('partial', 'of no interest')
  await eventually(() => taken.length === 4)
  expect([sinceHours(world), all, last.known()]).toEqual([[24, 1 / 3], [[1, 1]], { status: 'complete' }])
})

it('asks again for what could not be asked at all', async () => {
  const world = createWorld()
  let isClosed = true
  const last = createLastPositions({
    ask: (input, signal) => {
      if (isClosed) throw new Error('the connection is closed')
      return world.ask(input, signal)
    },
    take: () => undefined,
    onAll: () => undefined,
    evicted: () => 0,
    nowMs: () => NOW_MS,
    hubMs: () => NOW_MS,
    maxVehicles: 1_000,
    nextTask: async () => undefined,
  })
  last.want(HOUR_MS)
  last.askAll()
  await eventually(() => last.known()?.status === 'unknown')
  isClosed = false
  last.retry()
  world.asked[0].end('complete')
  await eventually(() => last.known()?.status === 'complete')
})

it('asks again for what got no answer, and for nothing else', async () => {
  const world = createWorld()
  const { last, asked } = world
  last.want(HOUR_MS)
  last.askAll()
  last.retry()
  asked[0].end('refused', 'not now')
  await eventually(() => last.known()?.status !== 'asking')
  expect(last.known()).toEqual({ status: 'unknown', reason: 'not now' })
  last.retry()
  asked[1].end('complete')
  await eventually(() => last.known()?.status === 'complete')
  last.retry()
  expect(asked.length).toBe(2)
})

it('asks for fewer only where more were not all known', async () => {
  const world = createWorld()
  const { last, asked } = world
  last.want(24 * HOUR_MS)
  last.askAll()
  asked[0].end('limit-reached')
  await eventually(() => last.known()?.status === 'partial')
  last.want(24 * HOUR_MS)
  expect(asked.length).toBe(1)
  last.want(6 * HOUR_MS)
  asked[1].end('complete')
  await eventually(() => last.known()?.status === 'complete')
  last.want(HOUR_MS)
  expect([sinceHours(world), last.known()]).toEqual([[24, 6], { status: 'complete' }])
})

it('asks again for what was not answered in whole, each time, until it is', async () => {
  const world = createWorld()
  const { last, asked, all } = world
  last.want(HOUR_MS)
  last.askAll()
  last.retryPartial()
  for (const i of [0, 1]) {
    asked[i].end('partial', 'no projector runs')
    await eventually(() => last.known()?.status === 'partial')
    last.retry()
    last.retryPartial()
    last.retryPartial()
  }
  asked[2].end('complete')
  await eventually(() => last.known()?.status === 'complete')
  last.retryPartial()
  expect([asked.length, all]).toEqual([3, [[3, 3]]])
})

it('asks again more and more rarely where the answer lacks the same as before, and as often as at first once it lacks something else', async () => {
  const { last, asked } = createWorld()
  last.want(HOUR_MS)
  last.askAll()
  const callsUntilAsked = async (reason: string): Promise<number> => {
    const before = asked.length
    asked[before - 1].end('partial', reason)
    await eventually(() => last.known()?.status === 'partial')
    for (let calls = 1; ; calls++) {
      // What follows an answer comes after it is known.
      await Promise.resolve()
      last.retryPartial()
      if (asked.length > before) return calls
    }
  }
  const calls: number[] = []
  for (const reason of ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b']) calls.push(await callsUntilAsked(reason))
  expect(calls).toEqual([1, 2, 4, 8, 16, 16, 16, 1, 2, 4])
})

it('asks for no more than the page holds, until other vehicles are asked for', async () => {
  const world = createWorld()
  const { last, asked } = world
  last.want(HOUR_MS)
  last.askAll()
  asked[0].end('limit-reached')
  await eventually(() => last.known()?.status === 'partial')
  expect(last.known()).toEqual({ status: 'partial', reason: 'the page holds 1000 vehicles at most' })
  last.retryPartial()
  expect(asked.length).toBe(1)
  last.askAll()
  asked[1].end('partial', 'no projector runs')
  await eventually(() => last.known()?.status === 'partial')
  last.retryPartial()
  expect(asked.length).toBe(3)
})

it('says that some may be missing once the page has forgotten one to make room, while it was told of all or later', async () => {
  const { last, asked, all, evict } = createWorld()
  const full = { status: 'partial', reason: 'there are more vehicles than the page can hold' }
  evict()
  last.want(24 * HOUR_MS)
  last.askAll()
  asked[0].end('complete')
  await eventually(() => last.known()?.status === 'complete')
  evict()
  expect(last.known()).toEqual(full)
  last.retry()
  last.retryPartial()
  expect(asked.length).toBe(1)
  last.want(HOUR_MS)
  evict()
  asked[1].end('complete')
  await eventually(() => all.length === 2)
  await eventually(() => last.known()?.status !== 'asking')
  expect(last.known()).toEqual(full)
  last.askAll()
  asked[2].end('complete')
  await eventually(() => last.known()?.status === 'complete')
})

const lastRow = (vehicleId: string, hoursAgo: number): PositionRow => ({
  vehicleId,
  vehicleType: 'taxi',
  eventTime: NOW_MS - hoursAgo * HOUR_MS,
  longitude: -56.2,
  latitude: -34.9,
  speed: 0,
  heading: 0,
})

it('asks for, keeps and takes for silent the same vehicles before any report came, however far off this machine’s clock is', async () => {
  const fleet = [lastRow('here', 0.1), lastRow('parked', 1.5), lastRow('yesterday', 23), lastRow('gone', 25)]
  const knownBy = async (fastMs: number): Promise<unknown> => {
    const nowMs = NOW_MS + fastMs
    const intake = createLiveIntake()
    intake.assumeHubAhead(-fastMs)
    intake.setRequest({ keptMs: 24 * HOUR_MS })
    const sinces: (string | undefined)[] = []
    const last = createLastPositions({
      ask: ({ since }) => {
        sinces.push(since)
        const rows = positionsOfRows(fleet.filter(({ eventTime }) => eventTime >= Date.parse(since ?? '')))
        return {
          query: 'q',
          outcome: Promise.resolve({ status: 'complete', reason: undefined, rows: 0, vehicles: 0, stats: undefined }),
          cancel: () => undefined,
          async *[Symbol.asyncIterator]() {
            yield { task: 0, batch: 0, rows }
          },
        }
      },
      take: (rows, round) => intake.takeLast(rows, round, nowMs),
      onAll: intake.endLast,
      evicted: intake.evicted,
      nowMs: () => nowMs,
      hubMs: () => intake.hubMs(nowMs),
      maxVehicles: 1_000,
      nextTask: async () => undefined,
    })
    last.want(24 * HOUR_MS)
    last.askAll()
    await eventually(() => last.known()?.status === 'complete')
    intake.takeFrame(nowMs)
    return { sinces, vehicles: intake.find('', 9).map(({ id, isSilent }) => [id, isSilent]) }
  }
  const right = {
    sinces: [new Date(NOW_MS - 24 * HOUR_MS).toISOString()],
    vehicles: [
      ['here', false],
      ['parked', true],
      ['yesterday', true],
    ],
  }
  expect(await Promise.all([0, 26, -2].map((fast) => knownBy(fast * HOUR_MS)))).toEqual([right, right, right])
})
