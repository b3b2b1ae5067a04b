import { compareUtf8 } from '@fleetlake/archive/log'
import { bucketOf, BUCKETS } from '../buckets.ts'
import { type Batch, daysIn, gatherBatch, latin1, numbersIn, textsIn } from './batch.ts'
import type { FileEntry } from './file-entry.ts'
import type { ProjectionKind } from './projection-kind.ts'

/** Whoever looks up more keys than these asks several times: each is a few objects in a bound selection, and in what is found. */
export const KEYS_AT_ONCE = 10_000

/** Which rows are wanted: those that fit all that is said. */
export interface RowSelection {
  readonly buckets?: readonly number[]
  /** Days since 1970-01-01, `[from, to)`; passed over by a table without dates. */
  readonly dates?: { readonly from: number; readonly to: number }
  /** Vehicle ids, or keys of another column. */
  readonly keys?: readonly string[]
}

/** A selection, made ready. */
export interface BoundSelection {
  /** 1 for each bucket that is wanted. */
  readonly buckets: Uint8Array
  readonly days: { readonly from: number; readonly to: number }
  readonly keys: readonly BoundKey[] | undefined
  /** A character a byte. */
  readonly keyTexts: ReadonlySet<string> | undefined
}

export interface BoundKey {
  readonly text: string
  readonly bytes: Uint8Array
  readonly bucket: number
}

const ANY_DAY = { from: -Infinity, to: Infinity }

export const bindSelection = (
  { hasDates }: Pick<ProjectionKind, 'hasDates'>,
  { buckets, dates, keys }: RowSelection,
): BoundSelection => {
  const wanted = new Uint8Array(BUCKETS)
  const boundKeys = keys?.map((text) => ({ text, bytes: Buffer.from(text), bucket: bucketOf(text) }))
  const ofKeys = boundKeys && new Set(boundKeys.map(({ bucket }) => bucket))
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const isWanted = (buckets?.includes(bucket) ?? true) && (ofKeys?.has(bucket) ?? true)
    wanted[bucket] = isWanted ? 1 : 0
  }
  return {
    buckets: wanted,
    days: (hasDates ? dates : undefined) ?? ANY_DAY,
    keys: boundKeys,
    keyTexts: boundKeys && new Set(boundKeys.map(({ bytes }) => latin1(bytes))),
  }
}

/** Whether some wanted bucket is in a range. */
export const mayHoldBuckets = ({ buckets }: BoundSelection, least: number, most: number): boolean =>
  buckets.subarray(Math.max(0, least), Math.min(BUCKETS, most + 1)).includes(1)

/** Never passes over a file with a row that is wanted. */
export const mayHold = (selection: BoundSelection, { buckets, days, keys }: FileEntry): boolean =>
  days.least < selection.days.to &&
  days.most >= selection.days.from &&
  mayHoldBuckets(selection, buckets.least, buckets.most) &&
  (keys === undefined ||
    selection.keys === undefined ||
    selection.keys.some(
      ({ text, bucket }) =>
        bucket >= buckets.least &&
        bucket <= buckets.most &&
        compareUtf8(text, keys.least) >= 0 &&
        compareUtf8(text, keys.most) <= 0,
    ))

/** Whether every row of a file is wanted, as its log says. */
export const isCovered = (selection: BoundSelection, { buckets, days, footerCrc }: FileEntry): boolean =>
  footerCrc !== undefined &&
  selection.keys === undefined &&
  days.least >= selection.days.from &&
  // Rows without dates have no last one.
  (days.most < selection.days.to || selection.days.to === Infinity) &&
  buckets.least >= 0 &&
  buckets.most < BUCKETS &&
  !selection.buckets.subarray(buckets.least, buckets.most + 1).includes(0)

export const placeOf = ({ columns }: ProjectionKind, name: string): number =>
  columns.findIndex((each) => each.name === name)

/** Which rows of a batch are wanted: 1 for each. */
const isWantedIn = (kind: ProjectionKind, batch: Batch, { buckets, days, keyTexts }: BoundSelection): Uint8Array => {
  const wanted = new Uint8Array(batch.length)
  const bucket = numbersIn(batch.columns[0])
  for (let row = 0; row < batch.length; row++) wanted[row] = buckets[bucket[row]]
  if (kind.hasDates && days !== ANY_DAY) {
    const day = daysIn(batch.columns[placeOf(kind, 'date')])
    for (let row = 0; row < batch.length; row++) if (day[row] < days.from || day[row] >= days.to) wanted[row] = 0
  }
  if (keyTexts !== undefined) {
    const { codes, dictionary } = textsIn(batch.columns[placeOf(kind, kind.keyColumn)])
    const isKey = Uint8Array.from({ length: dictionary.count }, (_, code) =>
      keyTexts.has(latin1(dictionary.at(code))) ? 1 : 0,
    )
    for (let row = 0; row < batch.length; row++) if (isKey[codes[row]] !== 1) wanted[row] = 0
  }
  return wanted
}

/** The rows of a batch that are wanted, or all others. */
export const selectRows = (
  kind: ProjectionKind,
  batch: Batch,
  selection: BoundSelection,
  isWanted: 0 | 1 = 1,
): Batch => {
  const wanted = isWantedIn(kind, batch, selection)
  const order = new Uint32Array(batch.length)
  let count = 0
  for (let row = 0; row < batch.length; row++) if (wanted[row] === isWanted) order[count++] = row
  return count === batch.length ? batch : gatherBatch(batch, order.subarray(0, count))
}
