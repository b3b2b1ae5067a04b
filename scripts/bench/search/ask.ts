import { FleetError } from '@fleetlake/core'
import { askVehicles, type Hub } from '@fleetlake/hub'
import type { DemoSearch } from '../../demo/searches.ts'

/** A search as it was answered. */
export interface Asked {
  readonly hits: number
  /** Until the first batch. */
  readonly firstMs: number
  /** Until all batches are held, decoded. */
  readonly doneMs: number
  readonly chunksTotal: number
  readonly chunksRead: number
  readonly bytesTotal: number
  readonly bytesRead: number
}

const TIMEOUT_MS = 300_000

/** Asks once. @throws FleetError `service.failed` for an answer that is not complete */
export const askOnce = async (hub: Hub, { name, area, period }: DemoSearch): Promise<Asked> => {
  const startedAt = performance.now()
  let firstMs = 0
  let hits = 0
  const answer = askVehicles(hub, {
    area,
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    timeoutMs: TIMEOUT_MS,
  })
  for await (const { rows } of answer) {
    if (hits === 0) firstMs = performance.now() - startedAt
    hits += rows.length
  }
  const { stats, status, reason } = await answer.outcome
  const doneMs = performance.now() - startedAt
  if (status !== 'complete' || stats === undefined) {
    throw new FleetError('service.failed', `the search ${name} ended as ${status}: ${reason}`)
  }
  return {
    hits,
    firstMs: hits === 0 ? doneMs : firstMs,
    doneMs,
    chunksTotal: stats.files.total,
    chunksRead: stats.files.read,
    bytesTotal: stats.bytes.total,
    bytesRead: stats.bytes.read,
  }
}

export const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Enough for a median. */
const LEAST_ROUNDS = 3
const LONG_MS = 20_000

/** Does something a number of times, one after the other; fewer, but three at least, when that takes long. */
export const repeat = async <Result>(rounds: number, run: () => Promise<Result>): Promise<Result[]> => {
  const startedAt = performance.now()
  const results: Result[] = []
  while (results.length < rounds && (results.length < LEAST_ROUNDS || performance.now() - startedAt < LONG_MS)) {
    results.push(await run())
  }
  return results
}

/** Asks some times; times are medians. */
export const askOften = async (hub: Hub, search: DemoSearch, rounds: number): Promise<Asked & { rounds: number }> => {
  const asked = await repeat(rounds, () => askOnce(hub, search))
  return {
    ...asked[0],
    firstMs: medianOf(asked.map(({ firstMs }) => firstMs)),
    doneMs: medianOf(asked.map(({ doneMs }) => doneMs)),
    rounds: asked.length,
  }
}
