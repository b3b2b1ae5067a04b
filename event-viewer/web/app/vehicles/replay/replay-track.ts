import type { FoundRows } from '@fleetlake/viewer-core'
import { turnOf } from '../geometry/heading.ts'
import { ringX, ringY } from '../geometry/mercator-ring.ts'
import { speedStepOf } from '../looks/speed-scale.ts'
import {
  createSegment,
  createSegmentPage,
  durationOf,
  HAS_HEADING,
  LINGER_MS,
  LINGERS,
  MAX_PAGE_SEGMENTS,
  moveSegments,
  startOf,
  writeSegment,
  type SegmentPage,
} from '../segments/segment-page.ts'
import { headingsOf } from './replay-heading.ts'
import { orderOf } from './time-order.ts'

/**
 * A whole answer as pages that never change: 32 bytes a row on either side, and 44 more while it is built.
 *
 *   rows, by vehicle and time            segments, by class of duration and start          pages
 *   v0  ●──●──●        ●──●       ──▶    ≤ 8 s   ▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬▬     ──▶     [   ][   ][   ]
 *   v1     ●──────●──●                   ≤ 30 s  ▬▬▬   ▬▬▬▬▬   ▬▬                         [        ]
 *
 * A page holds what starts within a short time, and its segments last about equally long, so that only few pages can hold an instant.
 *
 * Invariant: at any time t a vehicle is drawn exactly when its last row at or before t, at s, is followed by another without a gap in between, and
 * then at s + (t - s) of the way there; or when s + `LINGER_MS` is after t, and then it stands where it was last (`replay-track.test.ts`
 * compares every drawn vehicle and place with brute force over the rows).
 */
export interface ReplayTrack {
  /** What it was built of, and between which rows there is no gap. */
  readonly found: FoundRows
  readonly isJoined: Uint8Array
  readonly pages: readonly ReplayPage[]
  readonly segments: number
}

export interface ReplayPage extends SegmentPage {
  /** When the last of its segments ends; the first starts at `baseMs` or after. */
  readonly untilMs: number
}

/** Times in a page are int32 ms. */
const MAX_PAGE_SPAN_MS = 2 ** 30
/** A longer interval does not fit either, and is taken for a gap. */
export const MAX_JOINED_MS = 2 ** 29
const CLASS_MS: readonly number[] = [8000, 30_000, 60_000, 300_000, 3_600_000]
const CLASS_SHIFT = 29
const BUCKETS = 2 ** CLASS_SHIFT
const SLICE_ROWS = 8192

export interface TrackOptions {
  /** As `joinRows` gives it. */
  readonly isJoined: Uint8Array
  /** The palette's slot of each of `FoundRows.types`. */
  readonly slots: readonly number[]
  readonly pageSegments?: number
}

/** Yields every few milliseconds. */
export function* buildTrack(found: FoundRows, options: TrackOptions): Generator<void, ReplayTrack> {
  const { isJoined, slots, pageSegments = MAX_PAGE_SEGMENTS } = options
  const draft = yield* draftOf(found, isJoined, slots)
  const order = yield* orderOf(draft.keys)
  const pages: ReplayPage[] = []
  for (let from = 0; from < order.length;) {
    const to = endOfPage(draft, order, from, pageSegments)
    pages.push(pageOf(draft, order.subarray(from, to)))
    from = to
    yield
  }
  return { found, isJoined, pages, segments: order.length }
}

/** Every segment in the order of the rows. */
interface Draft {
  /** Times are the low 32 bits of the ms since `minMs`: what is near in time is a difference of int32. */
  readonly page: SegmentPage
  /** What sorts segments: 3 bits of class of duration, then 29 of time. */
  readonly keys: Uint32Array
  readonly minMs: number
  readonly bucketMs: number
}

function* draftOf(found: FoundRows, joined: Uint8Array, slots: readonly number[]): Generator<void, Draft> {
  const { start, eventTime } = found
  const { minMs, bucketMs } = bucketsOf(found)
  const page = createSegmentPage(found.length)
  const keys = new Uint32Array(found.length)
  const segment = createSegment()
  let sliceEnd = SLICE_ROWS
  for (let vehicle = 0; vehicle + 1 < start.length; vehicle += 1) {
    const end = start[vehicle + 1]
    let toX = ringX(found.longitude[start[vehicle]])
    let toY = ringY(found.latitude[start[vehicle]])
    for (let row = start[vehicle]; row < end; row += 1) {
      const ms = Math.round(eventTime[row])
      const untilNextMs = row + 1 < end ? Math.round(eventTime[row + 1]) - ms : Number.POSITIVE_INFINITY
      const isJoined = joined[row] === 1 && untilNextMs <= MAX_JOINED_MS
      segment.fromX = toX
      segment.fromY = toY
      if (row + 1 < end) {
        toX = ringX(found.longitude[row + 1])
        toY = ringY(found.latitude[row + 1])
      }
      segment.toX = isJoined ? toX : segment.fromX
      segment.toY = isJoined ? toY : segment.fromY
      segment.startMs = (ms - minMs) | 0
      segment.durationMs = isJoined ? untilNextMs : Math.min(untilNextMs, LINGER_MS)
      segment.type = slots[found.rowType?.[row] ?? found.type[vehicle]] ?? 0
      segment.speed = speedStepOf(found.speed[row])
      segment.extra = isJoined ? vehicle : vehicle | LINGERS
      const [turnFrom, turnTo] = headingsOf(found, vehicle, row, isJoined ? row + 1 : row)
      if (!Number.isNaN(turnFrom)) segment.extra |= HAS_HEADING
      // NaN becomes 0.
      segment.turnFrom = turnOf(turnFrom)
      segment.turnTo = turnOf(turnTo)
      // Rows at the same instant: the first place of the vehicle does not count.
      if (segment.durationMs > 0) {
        keys[page.count] = classOf(segment.durationMs) * BUCKETS + Math.floor((ms - minMs) / bucketMs)
        writeSegment(page, page.count, segment)
        page.count += 1
      }
      if (row === sliceEnd) {
        sliceEnd += SLICE_ROWS
        yield
      }
    }
  }
  return { page, keys: keys.subarray(0, page.count), minMs, bucketMs }
}

/** The period cut into 2^29 buckets or fewer: within one, the order does not matter. */
const bucketsOf = ({ start, eventTime }: FoundRows): { minMs: number; bucketMs: number } => {
  let minMs = Number.POSITIVE_INFINITY
  let maxMs = Number.NEGATIVE_INFINITY
  for (let vehicle = 0; vehicle + 1 < start.length; vehicle += 1) {
    if (start[vehicle] === start[vehicle + 1]) continue
    minMs = Math.min(minMs, Math.round(eventTime[start[vehicle]]))
    maxMs = Math.max(maxMs, Math.round(eventTime[start[vehicle + 1] - 1]))
  }
  return { minMs, bucketMs: Math.max(1, Math.ceil((maxMs - minMs + 1) / BUCKETS)) }
}

const classOf = (durationMs: number): number => {
  const found = CLASS_MS.findIndex((most) => durationMs <= most)
  return found < 0 ? CLASS_MS.length : found
}

/** The first place in the order that no longer belongs to the page: full, another class, or too late for its int32. */
const endOfPage = ({ keys, bucketMs }: Draft, order: Uint32Array, from: number, most: number): number => {
  const first = keys[order[from]]
  const endOfClass = (Math.floor(first / BUCKETS) + 1) * BUCKETS
  const beyond = Math.min(endOfClass, first + Math.ceil(MAX_PAGE_SPAN_MS / bucketMs))
  let [low, high] = [from + 1, Math.min(from + most, order.length)]
  if (keys[order[high - 1]] < beyond) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[order[middle]] < beyond) low = middle + 1
    else high = middle
  }
  return low
}

const pageOf = ({ page: draft, keys, minMs, bucketMs }: Draft, order: Uint32Array): ReplayPage => {
  const baseMs = minMs + (keys[order[0]] % BUCKETS) * bucketMs
  const page = createSegmentPage(order.length, baseMs)
  moveSegments(draft, order, page, (baseMs - minMs) | 0)
  let untilMs = 0
  for (let index = 0; index < page.count; index += 1)
    untilMs = Math.max(untilMs, startOf(page, index) + durationOf(page, index))
  return { ...page, untilMs: baseMs + untilMs }
}
