import { expect, test } from 'vitest'
import { ALL_BUCKETS } from '../buckets.ts'
import { type BucketOffset, latestColumnsOf, offsetActions, offsetIn } from './offsets.ts'

const OFFSET: BucketOffset = { version: 3, commit: 7, frontier: 20_787 }
const by = (...names: readonly string[]): BucketOffset => ({ ...OFFSET, by: names })

/** Offsets as commits leave them, one after the other. */
const committed = (offsets: readonly BucketOffset[]): BucketOffset | undefined => {
  const txns = new Map<string, number>()
  const txnTimes = new Map<string, number>()
  for (const offset of offsets) {
    for (const { txn } of offsetActions({ txns, txnTimes }, 6, offset)) {
      const { appId, version, lastUpdated } = txn!
      txns.set(appId, version)
      if (typeof lastUpdated === 'number') txnTimes.set(appId, lastUpdated)
    }
  }
  expect(offsetIn({ txns, txnTimes }, 60)).toBeUndefined()
  return offsetIn({ txns, txnTimes }, 6)
}

test('an offset is read as it was committed, with the columns of the last commit and no others', () => {
  expect(committed([OFFSET])).toEqual(OFFSET)
  expect(committed([by('order_id', 'trip_id')])).toEqual(by('order_id', 'trip_id'))
  expect(committed([by('order_id', 'trip_id'), { ...by('trip_id', 'ward'), version: 4 }])).toEqual({
    ...by('trip_id', 'ward'),
    version: 4,
  })
  expect(committed([by('order_id'), OFFSET])).toEqual(OFFSET)
})

test.each<[string, BucketOffset | undefined, readonly string[]]>([
  ['as all others are', by('order_id', 'trip_id'), ['order_id', 'trip_id']],
  ['by one of them alone', by('trip_id'), ['trip_id']],
  ['by vehicles alone', OFFSET, []],
  ['not at all yet', undefined, []],
])('the table has a column that every bucket is folded by: one is folded %s', (_, one, expected) => {
  const offsets = new Map(ALL_BUCKETS.map((bucket) => [bucket, bucket === 17 ? one : by('order_id', 'trip_id')]))
  expect(latestColumnsOf({ offset: (bucket) => offsets.get(bucket) })).toEqual(expected)
})
