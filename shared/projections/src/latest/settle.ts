import { type Chunk, readReports } from '@fleetlake/archive'
import { isTextMeasure, REVISION, type Rows } from '@fleetlake/columnar'
import { dateOf } from '@fleetlake/core'
import type { FoldDeps } from '../engine/fold-deps.ts'
import { type Batch, gatherBatch, numbersIn } from '../table/batch.ts'
import { keysIn } from './fold-latest.ts'
import { createLatestBatch } from './latest-batch.ts'
import { LATEST, latestColumns } from './latest.ts'

export interface SettleRequest {
  readonly buckets: readonly number[]
  /** A row of each key several of whose rows have its greatest time, or may have. */
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

/** A character a byte. */
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const nameOf = (by: string, key: string): string => `${by}\n${key}`
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The rows of tied keys at the tied times. @param times by a key's bytes as a text */
const rowsAtTimes =
  (by: string, times: ReadonlyMap<string, number>) =>
  (rows: Rows): Uint32Array => {
    const keyed = keysIn(rows, by)
    if (keyed === undefined) return new Uint32Array(0)
    const { codes, texts } = keyed
    const { count, offsets, bytes } = texts
    const wanted = Float64Array.from(
      { length: count },
      (_, code) => times.get(latin1(bytes.subarray(offsets[code], offsets[code + 1]))) ?? NaN,
    )
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

/** What the distinct reports of the pinned version come to at the tied times. */
const winnersOf = async (tied: Batch, { moves, snapshot, signal }: FoldDeps): Promise<Batch> => {
  const { by: codes, bys, key, keys, eventTime } = latestColumns(tied)
  const batches: Batch[] = []
  for (const [date, ofDate] of Map.groupBy(Array(tied.length).keys(), (row) => dateOf(eventTime[row]))) {
    const files = [...(snapshot.dates.get(date)?.cells.values() ?? [])].flat()
    for (const [code, some] of Map.groupBy(ofDate, (row) => codes[row])) {
      signal.throwIfAborted()
      const by = Buffer.from(bys.at(code)).toString()
      const times = some.map((row) => eventTime[row])
      const mayHold = ({ from, to }: Chunk): boolean => times.some((time) => time >= from && time <= to)
      const wanted = new Map(some.map((row) => [latin1(keys.at(key[row])), eventTime[row]]))
      const choose = rowsAtTimes(by, wanted)
      const reports = await readReports(moves, files.filter(mayHold), { measures: snapshot.measures, choose })
      batches.push(candidatesOf(by, reports))
    }
  }
  return LATEST.merge(batches)
}

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
      return [nameOf(latin1(rows.bys.at(rows.by[row])), latin1(rows.keys.at(rows.key[row]))), { row, all, report }]
    }),
  )
}

/** Rows that are left where retention has taken all reports of their time by now: that a key was there then stays known. */
const leftOf = (tied: Batch, won: ReadonlyMap<string, unknown>): Batch =>
  gatherBatch(tied, Uint32Array.from([...describe(tied)].flatMap(([name, { row }]) => (won.has(name) ? [] : [row]))))

/**
 * Settles which row counts for keys with several at their greatest time. What the table has of a key counts only as long as it is what its distinct reports come to: where
 * it does not, merging can't set it right, since it would win, and the bucket is made whole without it.
 */
export const settle = async ({ buckets, tied, isAnew }: SettleRequest, deps: FoldDeps): Promise<Settled> => {
  if (tied.length === 0) return { status: 'folded', add: [] }
  const { table, state } = deps
  const winners = await winnersOf(tied, deps)
  const won = describe(winners)
  const left = leftOf(tied, won)
  if (isAnew) return { status: 'folded', add: [winners, left] }
  const { keys } = latestColumns(tied)
  const names = Array.from({ length: keys.count }, (_, code) => decoder.decode(keys.at(code)))
  const known = await table.rows(state, { buckets, keys: [...new Set(names)] })
  const [had, merged] = [describe(known), describe(LATEST.merge([known, winners]))]
  const wrong = new Set<string>()
  const news: number[] = []
  for (const [name, { row, all, report }] of won) {
    if (merged.get(name)!.all === all) {
      if (had.get(name)?.all !== all) news.push(row)
    } else if (merged.get(name)!.report !== report) wrong.add(name)
  }
  const add = [gatherBatch(winners, Uint32Array.from(news)), left]
  if (wrong.size === 0) return { status: 'folded', add }
  const bucketOfName = numbersIn(winners.columns[0])
  const affected = new Set([...wrong].map((name) => bucketOfName[won.get(name)!.row]))
  if (affected.size < buckets.length) {
    return { status: 'split', into: [[...affected], buckets.filter((bucket) => !affected.has(bucket))] }
  }
  const all = await table.rows(state, { buckets })
  const kept = [...describe(all)].flatMap(([name, { row }]) => (wrong.has(name) ? [] : [row]))
  return { status: 'whole', add: [gatherBatch(all, Uint32Array.from(kept)), winners, left] }
}
