import type { Message } from '@fleetlake/contracts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTaskBoard, type TaskBoard, type TaskOrder } from './task-board.ts'

type TaskStats = Message<'vehicleQueryPartitionResultStats'>

const planned = (count: number) =>
  Array.from({ length: count }, (_, task) => ({
    task,
    chunks: [{ path: String(task), bytes: 1, rows: 1, inside: false }],
    isHot: false,
  }))

const said = ({ task }: TaskOrder, some: Partial<TaskStats> = {}): TaskStats => ({
  query: 'q',
  task,
  agent: 'a',
  status: 'complete',
  batches: 1,
  rowsRead: 10,
  rowsSelected: 1,
  bytesRead: 1,
  filesRead: 1,
  failed: [],
  ...some,
})

test('tasks begin oldest first, as many at once as may run', () => {
  const board = createTaskBoard({ tasks: planned(3), limit: undefined, inFlight: 2, silenceMs: 3_000 })
  const [first, second, ...none] = board.next(0)
  expect([first, second, none]).toEqual([
    { task: 0, chunks: planned(3)[0].chunks, isHot: false, skip: 0, limit: undefined },
    { task: 1, chunks: planned(3)[1].chunks, isHot: false, skip: 0, limit: undefined },
    [],
  ])
  board.hear(said(second), 10)
  expect(board.next(10).map(({ task }) => task)).toEqual([2])
  expect(board.isOver()).toBe(false)
  board.hear(said(first), 20)
  board.hear(said({ ...first, task: 2 }, { rowsSelected: 5, batches: 2 }), 20)
  expect([board.isOver(), board.status()]).toEqual([true, 'complete'])
  expect(board.counts()).toEqual({
    filesRead: 3,
    bytesRead: 3,
    rowsRead: 30,
    rowsSelected: 7,
    hotRead: 0,
    hotSelected: 0,
    tasksTotal: 3,
    tasksDone: 3,
  })
  expect(board.ended()).toEqual([
    { task: 1, batches: 1, rows: 1 },
    { task: 0, batches: 1, rows: 1 },
    { task: 2, batches: 2, rows: 5 },
  ])
})

test('rows that are not archived yet are counted among all, and by themselves', () => {
  const tasks = [...planned(1), { task: 1, chunks: [], isHot: true }]
  const board = createTaskBoard({ tasks, limit: 10, inFlight: 1, silenceMs: 3_000 })
  board.hear(said(board.next(0)[0], { rowsSelected: 4 }), 0)
  const [hot] = board.next(0)
  expect(hot).toEqual({ task: 1, chunks: [], isHot: true, skip: 0, limit: 6 })
  board.hear(said(hot, { rowsRead: 100, rowsSelected: 6, filesRead: 0, bytesRead: 0, status: 'limit-reached' }), 0)
  expect([board.status(), board.counts()]).toEqual([
    'limit-reached',
    {
      filesRead: 1,
      bytesRead: 1,
      rowsRead: 110,
      rowsSelected: 10,
      hotRead: 100,
      hotSelected: 6,
      tasksTotal: 3,
      tasksDone: 2,
    },
  ])
})

test('a task that is not heard of is sent again as it was; a sign of life puts that off', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: 7, inFlight: 1, silenceMs: 3_000 })
  const [order] = board.next(0)
  expect(board.next(3_000)).toEqual([])
  board.hear(said(order, { status: 'running' }), 3_000)
  expect(board.next(6_000)).toEqual([])
  expect(board.next(6_001)).toEqual([order])
  expect(board.next(6_002)).toEqual([])
})

test('what a task says after its end, or was never sent, changes nothing', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: undefined, inFlight: 1, silenceMs: 3_000 })
  const [order] = board.next(0)
  board.hear(said({ ...order, task: 9 }), 0)
  board.hear(said(order), 0)
  const counts = board.counts()
  board.hear(said(order, { rowsSelected: 100 }), 0)
  expect(board.counts()).toEqual(counts)
})

test('chunks that failed make the answer partial, also when the limit is reached', () => {
  const board = createTaskBoard({ tasks: planned(2), limit: 1, inFlight: 1, silenceMs: 3_000 })
  const fault = { path: '0', reason: 'the file is missing' }
  board.hear(said(board.next(0)[0], { status: 'limit-reached', failed: [fault] }), 0)
  expect([board.isOver(), board.status(), board.failed()]).toEqual([true, 'partial', [fault]])
})

test('an agent that gave up ends the search', () => {
  const board = createTaskBoard({ tasks: planned(5), limit: undefined, inFlight: 2, silenceMs: 3_000 })
  const [first, second] = board.next(0)
  board.hear(said(first, { status: 'cancelled' }), 0)
  expect([board.next(0), board.isOver()]).toEqual([[], false])
  board.hear(said(second), 0)
  expect([board.isOver(), board.status()]).toEqual([true, 'cancelled'])
})

test('what is given up begins no more tasks, and is over when those under way have ended', () => {
  const board = createTaskBoard({ tasks: planned(5), limit: undefined, inFlight: 1, silenceMs: 3_000 })
  const [first] = board.next(0)
  board.giveUp()
  expect([board.next(0), board.isOver()]).toEqual([[], false])
  board.hear(said(first, { status: 'cancelled', batches: 3, rowsSelected: 7 }), 0)
  expect([board.next(0), board.isOver(), board.ended()]).toEqual([[], true, [{ task: 0, batches: 3, rows: 7 }]])
})

test('what is given up is not sent again either, however silent', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: undefined, inFlight: 1, silenceMs: 3_000 })
  board.next(0)
  board.giveUp()
  expect(board.next(10_000)).toEqual([])
})

test('a task that an agent says is partial makes the answer partial, also when it names no file', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: undefined, inFlight: 1, silenceMs: 3_000 })
  board.hear(said(board.next(0)[0], { status: 'partial' }), 0)
  expect([board.isOver(), board.status()]).toEqual([true, 'partial'])
})

test('a file that one agent could not read makes the answer partial, though another one read all: the client may hold batches of the first', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: undefined, inFlight: 1, silenceMs: 3_000 })
  const [order] = board.next(0)
  const fault = { path: '0', reason: 'the store did not answer' }
  board.hear(said(order, { status: 'running', batches: 1, failed: [fault] }), 0)
  board.hear(said(order, { agent: 'b', batches: 4 }), 10)
  expect([board.status(), board.failed()]).toEqual(['partial', [fault]])
})

test('of a file or stream is told what was said of it last, all of it, in whatever words it was said before', () => {
  const board = createTaskBoard({ tasks: planned(2), limit: undefined, inFlight: 2, silenceMs: 3_000 })
  const [first, second] = board.next(0)
  const fault = (path: string, reason: string) => ({ path, reason })
  board.hear(said(first, { status: 'running', failed: [fault('0', 'it and 3 more could not be read')] }), 0)
  board.hear(said(first, { status: 'running', failed: [fault('0', 'it and 4 more could not be read')] }), 1)
  board.hear(said(second, { status: 'running', failed: [fault('stream', '2 messages are missing')] }), 1)
  const told = [fault('stream', '3 messages are missing'), fault('stream', 'others were lost')]
  board.hear(said(second, { agent: 'b', failed: told }), 2)
  board.hear(said(first), 3)
  expect([board.status(), board.failed()]).toEqual([
    'partial',
    [fault('0', 'it and 4 more could not be read'), ...told],
  ])
})

test('of a task that two agents have begun counts what the one has sent that came further, whichever has the last word', () => {
  const board = createTaskBoard({ tasks: planned(1), limit: 100, inFlight: 1, silenceMs: 3_000 })
  const [order] = board.next(0)
  board.hear(said(order, { status: 'running', batches: 5, rowsSelected: 50 }), 0)
  board.hear(said(order, { agent: 'b', status: 'running', batches: 1, rowsSelected: 10 }), 1)
  expect(board.counts().rowsSelected).toBe(50)
  board.hear(said(order, { agent: 'b', status: 'cancelled', batches: 2, rowsSelected: 20 }), 2)
  expect([board.counts().rowsSelected, board.ended()]).toEqual([50, [{ task: 0, batches: 5, rows: 50 }]])
})

/** Agents that find `matches` rows in each task, heard of in a random order. */
const play = (
  board: TaskBoard,
  matches: readonly number[],
  pick: (most: number) => number,
): { sent: number; most: number } => {
  const running: TaskOrder[] = []
  let [sent, granted, most] = [0, 0, 0]
  for (;;) {
    for (const order of board.next(0)) {
      running.push(order)
      granted += order.limit!
    }
    most = Math.max(most, sent + granted)
    if (board.isOver()) return { sent, most }
    const [order] = running.splice(pick(running.length - 1), 1)
    const left = matches[Number(order.chunks[0].path)] - order.skip
    const rowsSelected = Math.min(left, order.limit!)
    granted -= order.limit!
    sent += rowsSelected
    board.hear(said(order, { rowsSelected, status: left > rowsSelected ? 'limit-reached' : 'complete' }), 0)
  }
}

test('whatever tasks find and in whichever order they end, the limit is met exactly and never exceeded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(40), { maxLength: 12 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 9 }),
      fc.infiniteStream(fc.nat(1_000)),
      (matches, limit, inFlight, choices) => {
        const board = createTaskBoard({ tasks: planned(matches.length), limit, inFlight, silenceMs: 3_000 })
        const all = matches.reduce((sum, count) => sum + count, 0)
        const { sent, most } = play(board, matches, (last) => Number(choices.next().value) % (last + 1))
        expect(sent).toBe(Math.min(all, limit))
        expect(most).toBeLessThanOrEqual(limit)
        if (all > limit) expect(board.status()).toBe('limit-reached')
        if (all < limit) expect(board.status()).toBe('complete')
      },
    ),
  )
})
