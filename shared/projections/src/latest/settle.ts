import { type Chunk, readReports } from '@fleetlake/archive'
import { createIdTable, type IdTable, isTextMeasure, REVISION, type Rows } from '@fleetlake/columnar'
import { dateOf } from '@fleetlake/core'
import type { FoldDeps } from '../engine/fold-deps.ts'
import { type Batch, gatherBatch, joinBatches, latin1, numbersIn, sliceBatch } from '../table/batch.ts'
import { KEYS_AT_ONCE } from '../table/selection.ts'
import { compareKeys } from '../table/sort-batch.ts'
import { keysIn } from './fold-latest.ts'
import { createLatestBatch } from './latest-batch.ts'
import { LATEST, type LatestColumns, latestColumns } from './latest.ts'

export interface SettleRequest {
  readonly buckets: readonly number[]
  /** A row of each key several of whose rows have its greatest time, or may have. All keys may be among them, as when an archive is imported once more. */
  readonly tied: Batch
  /** What the table has of the buckets does not count. */
  readonly isAnew: boolean
}

/**
 * - folded: rows to add.
 * - whole: all that the table has of the buckets, but for what does not hold any more, and the rows to add.
 * - split: of the first buckets something does not hold any more: they are to be made whole, apart from the others.
 */
export type Settled =
  | { readonly status: 'folded' | 'whole'; readonly add: readonly Batch[] }
  | { readonly status: 'split'; readonly into: readonly (readonly number[])[] }

/** Tied keys that are worked on at once. */
export interface TiedAtOnce {
  /** Whose reports are read: a few rows each, without an object. The more of them, the less often a file is read. */
  readonly read: number
  /** That are compared with what the table has: some objects each. */
  readonly compared: number
}

const AT_ONCE: TiedAtOnce = { read: 100_000, compared: KEYS_AT_ONCE }

const nameOf = (by: string, key: string): string => `${by}\n${key}`
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const slicesOf = (batch: Batch, most: number): Batch[] =>
  Array.from({ length: Math.ceil(batch.length / most) }, (_, i) =>
    sliceBatch(batch, i * most, Math.min(batch.length, (i + 1) * most)),
  )

/** In the order of the times, so that a slice has rows of few files. */
const sortByTime = (batch: Batch): Batch => {
  const { eventTime } = latestColumns(batch)
  const order = Uint32Array.from({ length: batch.length }, (_, row) => row)
  return gatherBatch(
    batch,
    order.toSorted((a, b) => eventTime[a] - eventTime[b]),
  )
}

/** Whether a file may have a row of one of the times. @param times ascending */
const mayHold = ({ from, to }: Chunk, times: Float64Array): boolean => {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle] < from) low = middle + 1
    else high = middle
  }
  return low < times.length && times[low] <= to
}

/** The rows of tied keys at the tied times. @param times by a key's number */
const rowsAtTimes =
  (by: string, tied: IdTable, times: Float64Array) =>
  (rows: Rows): Uint32Array => {
    const keyed = keysIn(rows, by)
    if (keyed === undefined) return new Uint32Array(0)
    const { codes, texts } = keyed
    const { count, offsets, bytes } = texts
    const wanted = Float64Array.from({ length: count }, (_, code) => {
      const number = tied.find(bytes, offsets[code], offsets[code + 1])
      return number < 0 ? NaN : times[number]
    })
    const order = new Uint32Array(rows.length)
    let chosen = 0
    for (let row = 0; row < rows.length; row++) {
      if (codes[row] >= 0 && rows.eventTime[row] === wanted[codes[row]]) order[chosen++] = row
    }
    return order.subarray(0, chosen)
  }

/** Reports of tied keys as rows of latest, of which merging leaves the one that counts. */
const candidatesOf = (by: string, reports: Rows): Batch => {
  const batch = createLatestBatch(reports.length)
  const keyed = keysIn(reports, by)
  const revisions = reports.measures.find(({ spec }) => spec.name === REVISION)
  const types = reports.vehicleTypes.map((type) => encoder.encode(type))
  const { offsets, bytes } = reports.vehicleIds
  const byBytes = encoder.encode(by)
  for (let row = 0; row < reports.length && keyed !== undefined; row++) {
    const { codes, texts } = keyed
    const key = texts.bytes.subarray(texts.offsets[codes[row]], texts.offsets[codes[row] + 1])
    const vehicle = reports.vehicle[row]
    batch.add({
      by: byBytes,
      key,
      vehicle: bytes.subarray(offsets[vehicle], offsets[vehicle + 1]),
      vehicleType: types[reports.vehicleType[row]],
      eventTime: reports.eventTime[row],
      longitude: reports.longitude[row],
      latitude: reports.latitude[row],
      speed: reports.speed[row],
      heading: reports.heading[row],
      revision: revisions === undefined || isTextMeasure(revisions) ? NaN : revisions.values[row],
    })
  }
  return batch.finish()
}

/** What the distinct reports of the pinned version come to at the tied times. @param tied in the order of their times */
const winnersOf = async (tied: Batch, { moves, snapshot, signal }: FoldDeps): Promise<Batch> => {
  const { by: codes, bys, key, keys, eventTime } = latestColumns(tied)
  const batches: Batch[] = []
  for (const [date, ofDate] of Map.groupBy(Array(tied.length).keys(), (row) => dateOf(eventTime[row]))) {
    const files = [...(snapshot.dates.get(date)?.cells.values() ?? [])].flat()
    for (const [code, some] of Map.groupBy(ofDate, (row) => codes[row])) {
      signal.throwIfAborted()
      const by = Buffer.from(bys.at(code)).toString()
      const times = Float64Array.from(some, (row) => eventTime[row])
      const ids = createIdTable()
      for (const row of some) {
        const bytes = keys.at(key[row])
        ids.numberOf(bytes, 0, bytes.length)
      }
      const reports = await readReports(
        moves,
        files.filter((file) => mayHold(file, times)),
        { measures: snapshot.measures, choose: rowsAtTimes(by, ids, times) },
      )
      batches.push(candidatesOf(by, reports))
    }
  }
  return LATEST.merge(batches)
}

const nameAt = ({ by, bys, key, keys }: LatestColumns, row: number): string =>
  nameOf(latin1(bys.at(by[row])), latin1(keys.at(key[row])))

/** Rows by what they are of, each as a text of all its values, and of those that say which report it is. */
const describe = (
  batch: Batch,
): ReadonlyMap<string, { readonly row: number; readonly all: string; readonly report: string }> => {
  const rows = latestColumns(batch)
  return new Map(
    Array.from({ length: batch.length }, (_, row) => {
      const vehicle = latin1(rows.vehicleIds.at(rows.vehicle[row]))
      const report = [vehicle, rows.eventTime[row], rows.longitude[row], rows.latitude[row], rows.revision[row]].join(
        '\n',
      )
      const type = latin1(rows.vehicleTypes.at(rows.vehicleType[row]))
      const all = [report, type, rows.speed[row], rows.heading[row]].join('\n')
      return [nameAt(rows, row), { row, all, report }]
    }),
  )
}

/** Rows that are left where retention has taken all reports of their time by now: that a key was there then stays known. */
const leftOf = (tied: Batch, winners: Batch): Batch => {
  const sorted = LATEST.merge([tied])
  const order = new Uint32Array(sorted.length)
  let [left, won] = [0, 0]
  for (let row = 0; row < sorted.length; row++) {
    if (won < winners.length && compareKeys(sorted, row, winners, won, LATEST.keys) === 0) won++
    else order[left++] = row
  }
  return gatherBatch(sorted, order.subarray(0, left))
}

/** Those of the winners that are news to the table, and those of whose key it has what does not hold any more. */
const compareWithTable = async (
  winners: Batch,
  buckets: readonly number[],
  { table, state }: FoldDeps,
): Promise<{ readonly news: Batch; readonly wrong: Batch }> => {
  const { key, keys } = latestColumns(winners)
  const names = new Set(Array.from(key, (code) => decoder.decode(keys.at(code))))
  const known = await table.rows(state, { buckets, keys: [...names] })
  const [had, merged] = [describe(known), describe(LATEST.merge([known, winners]))]
  const [news, wrong]: [number[], number[]] = [[], []]
  for (const [name, { row, all, report }] of describe(winners)) {
    if (merged.get(name)!.all === all) {
      if (had.get(name)?.all !== all) news.push(row)
    } else if (merged.get(name)!.report !== report) wrong.push(row)
  }
  return { news: gatherBatch(winners, Uint32Array.from(news)), wrong: gatherBatch(winners, Uint32Array.from(wrong)) }
}

/** All rows but those of some keys. */
const withoutKeys = (batch: Batch, others: Batch): Batch => {
  const [rows, gone] = [latestColumns(batch), latestColumns(others)]
  const names = new Set(Array.from({ length: others.length }, (_, row) => nameAt(gone, row)))
  const order = Uint32Array.from({ length: batch.length }, (_, row) => row)
  return gatherBatch(
    batch,
    order.filter((row) => !names.has(nameAt(rows, row))),
  )
}

/**
 * Settles which row counts for keys with several at their greatest time. What the table has of a key counts only as long as it is what its distinct reports come to: where
 * it does not, merging can't set it right, since it would win, and the bucket is made whole without it. Keys are looked at in slices: there may be as many as a projector holds,
 * and what is made of them here is not counted in its memory.
 */
export const settle = async (
  { buckets, tied, isAnew }: SettleRequest,
  deps: FoldDeps,
  atOnce: TiedAtOnce = AT_ONCE,
): Promise<Settled> => {
  const winners: Batch[] = []
  const left: Batch[] = []
  const news: Batch[] = []
  const wrong: Batch[] = []
  for (const some of slicesOf(sortByTime(tied), atOnce.read)) {
    const won = await winnersOf(some, deps)
    winners.push(won)
    left.push(leftOf(some, won))
    for (const few of isAnew ? [] : slicesOf(won, atOnce.compared)) {
      const compared = await compareWithTable(few, buckets, deps)
      news.push(compared.news)
      wrong.push(compared.wrong)
    }
  }
  if (isAnew) return { status: 'folded', add: [...winners, ...left] }
  const gone = joinBatches(LATEST, wrong)
  if (gone.length === 0) return { status: 'folded', add: [...news, ...left] }
  const affected = new Set(numbersIn(gone.columns[0]))
  if (affected.size < buckets.length) {
    return { status: 'split', into: [[...affected], buckets.filter((bucket) => !affected.has(bucket))] }
  }
  const { table, state } = deps
  const kept = withoutKeys(await table.rows(state, { buckets }), gone)
  return { status: 'whole', add: [kept, ...winners, ...left] }
}
