import type { Block } from '../block.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { atPath } from './at-path.ts'
import { firstBytes } from '../first-bytes.ts'
import { firstOfList, isMoving, pathOfFeatures } from './geojson.ts'
import { headOf } from './head.ts'
import { MAX_FEATURE_BYTES } from './limits.ts'
import { takeMovingFeature } from './mf-json-feature.ts'
import { readRecords } from './read-records.ts'

const INSTANTS = new Set(['event_time'])

async function* readMovingFeatures(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { first, isByLine } = headOf(await firstBytes(input, options.signal))
  const path = options.path ?? pathOfFeatures(first)
  yield* readRecords(input, options, {
    counts: 'feature',
    isByLine: isByLine && path === '',
    decide: atPath(path),
    maxBytes: MAX_FEATURE_BYTES,
    instants: INSTANTS,
    isUnitEach: false,
    take: takeMovingFeature,
  })
}

/**
 * OGC Moving Features JSON (19-045r3), moving points. Times are `event_time`, places `longitude`, `latitude` and `altitude`; properties and temporal properties have their own names. A speed of a known unit is
 * in m/s; a value at a time without a position is left out. A cursor counts reports.
 */
export const mfJson: Format = {
  name: 'mf-json',
  title: 'OGC Moving Features JSON',
  counts: 'feature',
  hasMeaning: false,
  sniff: (head) => (isMoving(firstOfList(headOf(head).first)) ? 2 : 0),
  read: readMovingFeatures,
}
