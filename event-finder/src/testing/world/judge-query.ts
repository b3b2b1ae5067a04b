import type { QueryStats } from '../../core/query-course.ts'
import { LATE_MS, type Stage } from './stage.ts'
import type { WorldQuery } from './world-query.ts'

/** Troubles that an answer may show: those of agents it must not. */
const GRAVE = ['lose', 'fail', 'hang', 'cancel', 'leave', 'refuse', 'beSlow'] as const

/** Whether a query was answered as it had to be. */
export const judgeQuery = ({ may, violate }: Stage, query: WorldQuery): void => {
  const { id, answers } = query
  if (answers.length !== 1) return violate(`${id} has ${answers.length} answers`)
  if (query.isRefused) return
  const [{ stats, atMs }] = answers
  const isCalm = !GRAVE.some((trouble) => may[trouble])
  const faults = [
    ...faultsOfHeld(query),
    ...faultsOfTime(query, stats, atMs - query.arrivedMs),
    ...faultsOfStatus(query, stats, isCalm),
    ...faultsOfRows(query, stats),
  ]
  for (const fault of faults) violate(`${id}: ${fault}`)
}

const isWaitOver = ({ error }: QueryStats): boolean => error?.includes('to be started') === true
const isWhole = ({ status }: QueryStats): boolean => status === 'complete' || status === 'limit-reached'

/** What it was given went back once. */
function* faultsOfHeld({ places, tails, closes }: WorldQuery): Generator<string> {
  if (places.taken !== places.returned) yield `of ${places.taken} places ${places.returned} were given back`
  if (tails.taken !== tails.returned) yield `of ${tails.taken} tails ${tails.returned} were given back`
  if (closes !== 1) yield `it was closed ${closes} times`
}

/** It took no longer than it may, and was not given up before. */
function* faultsOfTime({ input, waitedMs }: WorldQuery, stats: QueryStats, tookMs: number): Generator<string> {
  const { timeoutMs, ttlMs } = input
  const dueMs = isWaitOver(stats) ? ttlMs : timeoutMs + waitedMs
  const preparedMs = isWaitOver(stats) ? timeoutMs : 1_000
  if (tookMs > dueMs + preparedMs + 3 * LATE_MS) yield `it took ${tookMs} ms, and had ${dueMs} ms`
  if (waitedMs > ttlMs + LATE_MS) yield `it waited for a place for ${waitedMs} ms, and had ${ttlMs} ms`
  if (stats.status === 'timed-out' && tookMs < dueMs) yield `it is timed out after ${tookMs} ms, and had ${dueMs} ms`
}

/** It ended as it says. */
function* faultsOfStatus(query: WorldQuery, stats: QueryStats, isCalm: boolean): Generator<string> {
  const { troubles, tasks, isFoundGone, isBroken, input } = query
  const { status, error, failed } = stats
  const isBad = isBroken || tasks.some(({ files }) => files.some((file) => file.isBad !== 'no'))
  if (status === 'refused' && !troubles.has('refused')) yield 'it is refused without a reason'
  if (status === 'cancelled' && error === undefined && !troubles.has('cancelled'))
    yield 'it is cancelled, and its client has not cancelled it'
  if (error?.includes('took none') === true && !isFoundGone) yield 'its client is not gone'
  if (status === 'partial' && !isBad && !troubles.has('failed')) yield 'it is partial without a reason'
  if (isWhole(stats) && troubles.size > 0) yield `it is ${status}, though it was ${[...troubles].join()}`
  if (isWhole(stats) && failed.length > 0) yield `it is ${status}, and misses ${failed[0].path}`
  if (isCalm && input.timeoutMs >= 60_000 && !isWaitOver(stats) && !isWhole(stats))
    yield `it is ${status}, though nothing but agents failed`
}

/** The client holds the rows that it must, each once. */
function* faultsOfRows({ tasks, input, received }: WorldQuery, stats: QueryStats): Generator<string> {
  const { status, rows: told } = stats
  const said = stats.tasks.reduce((sum, { rows }) => sum + rows, 0)
  if (said > (input.limit ?? Infinity)) yield `it has ${said} rows, and a limit of ${input.limit}`
  if (!isWhole(stats)) return
  if (said !== told.selected) yield `its tasks have ${said} rows, the search ${told.selected}`
  const named = stats.tasks.flatMap(({ task, batches }) => Array.from({ length: batches }, (_, i) => `${task}/${i}`))
  // What is named and did not come the client tells by itself.
  if (!named.every((key) => received.has(key))) return
  const rows = named.flatMap((key) => received.get(key)!)
  if (new Set(rows).size !== rows.length) yield `it is ${status}, and the client has a row twice`
  if (rows.length !== told.selected) yield `${told.selected} rows are said, ${rows.length} sent`
  const all = tasks.reduce((sum, { files }) => sum + files.reduce((some, file) => some + file.rows.length, 0), 0)
  const expected = status === 'complete' ? all : input.limit
  if (rows.length !== expected) yield `it is ${status} with ${rows.length} rows, not ${expected}`
}
