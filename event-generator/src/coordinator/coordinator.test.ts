import { generationOptions, type Message, type StreamPosition } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import type { RunPlan } from '../core/plan-run.ts'
import { concludeShares } from './conclude-shares.ts'
import { mergeStreams } from './merge-streams.ts'
import { chooseAgents } from './settle-run.ts'
import { createShareBoard, totalOf } from './share-board.ts'

type Stats = Message<'generatePartitionStats'>

const CREATED = '2026-01-05T00:00:00.000Z'

const position = (partition: number, sequence: number, created = CREATED): StreamPosition => ({
  partition,
  stream: `MOVES_${partition}`,
  created,
  sequence,
})

const stats = (share: number, more: Partial<Stats> = {}): Stats => ({
  run: 'r',
  share,
  status: 'running',
  events: 0,
  messages: 0,
  waitingMs: 0,
  streams: [],
  ...more,
})

const plan: RunPlan = {
  vehicles: 2,
  intervalMs: 5000,
  startTime: 0,
  endTime: 5000,
  ticks: 1,
  events: 100,
  speedFactor: Infinity,
}

const concluded = (...ends: Stats[]): ReturnType<typeof concludeShares> => {
  const board = createShareBoard(
    ends.map((_, n) => `agent-${n}`),
    0,
  )
  for (const end of ends) board.heard(end, 0)
  return concludeShares(plan, board.all())
}

test('streams are merged to the highest sequence per partition, and a stream made again is told', () => {
  const lists = [[position(3, 7), position(0, 5)], [position(0, 9)], [position(3, 2, '2026-01-06T00:00:00Z')]]
  expect(mergeStreams(lists)).toEqual({
    streams: [position(0, 9), position(3, 2, '2026-01-06T00:00:00Z')],
    replaced: ['MOVES_3'],
  })
})

test('a run is whole when every share is complete and every position stored', () => {
  const ends = [
    stats(0, { status: 'complete', events: 60, streams: [position(1, 6)] }),
    stats(1, { status: 'complete', events: 40, streams: [position(1, 8)] }),
  ]
  expect(concluded(...ends)).toEqual({ streams: [position(1, 8)], isWhole: true, isKnown: true, status: 'complete' })
  expect(concluded(ends[0], { ...ends[1], events: 39 })).toMatchObject({
    isWhole: false,
    status: 'failed',
    error: '99 of 100 positions are stored',
  })
})

test('one share that failed makes the run failed, one that was stopped makes it stopped', () => {
  const complete = stats(0, { status: 'complete', events: 60, streams: [position(1, 6)] })
  expect(concluded(complete, stats(1, { status: 'failed', error: 'no' }))).toEqual({
    streams: [position(1, 6)],
    isWhole: false,
    isKnown: false,
    status: 'failed',
    error: 'no',
  })
  expect(concluded(complete, stats(1, { status: 'stopped' }))).toEqual({
    streams: [position(1, 6)],
    isWhole: false,
    isKnown: true,
    status: 'stopped',
  })
})

test('a share that could not deliver what it had made leaves it open how far the streams are', () => {
  expect(
    concluded(stats(0, { status: 'stopped', events: 60, error: 'the hub did not take everything' })),
  ).toMatchObject({
    status: 'stopped',
    isKnown: false,
  })
})

test('an agent is asked again when it is silent, and dead when it is not a member either', () => {
  const board = createShareBoard(['a', 'b'], 0)
  board.heard(stats(0, { events: 5 }), 1000)
  expect(board.silent(2000).map(({ agent }) => agent)).toEqual(['b'])
  board.buryDead(['a', 'b'], 60_000)
  expect(board.isBroken()).toBe(false)
  board.buryDead(['b'], 5999)
  expect(board.isBroken()).toBe(false)
  board.buryDead(['b'], 6000)
  expect(totalOf(board.all())).toEqual({
    events: 5,
    waitingMs: 0,
    status: 'running',
    error: 'generator a died: neither report nor heartbeat for 5 s; it had stored 5 positions at least',
  })
  board.heard(stats(0, { status: 'complete', events: 50 }), 7000)
  expect(board.all()[0].stats?.status).toBe('failed')
  board.giveUp('gone')
  expect([board.hasEnded(), totalOf(board.all()).status]).toEqual([true, 'failed'])
})

test('all live generators share a run unless fewer are asked for, and never more than there are vehicles', () => {
  const choose = (members: string[], more: object): string[] => chooseAgents(members, generationOptions.parse(more))
  expect(choose(['c', 'a', 'b'], {})).toEqual(['a', 'b', 'c'])
  expect(choose(['c', 'a', 'b'], { agents: 2 })).toEqual(['a', 'b'])
  expect(choose(['c', 'a', 'b'], { vehicles: 1 })).toEqual(['a'])
  expect(() => choose(['a'], { agents: 2 })).toThrow(/2 agents were asked for and 1 generator is running/)
})
