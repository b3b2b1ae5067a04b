import type { Reach } from '../geometry/camera.ts'
import { between, partOf } from '../geometry/glide.ts'
import { turnAt } from '../geometry/heading.ts'

/**
 * What the graphics processor is given: a segment for each stretch that a vehicle covers from a place and time to another. A live
 * vehicle is its last glide, a replay is all glides there are, a trail is what was glided before. Two texels of a texture:
 *
 *   byte 0   4   8   12   16      20         24   25   26     27      28                     32
 *        x   y | x   y | start | duration | turn turn | type | speed | extra: 30 bits, 2 flags |
 *        from    to      ms      ms         from to
 */
export const BYTES_PER_SEGMENT = 32
const WORDS = BYTES_PER_SEGMENT / 4

/** In a row of the texture. */
export const SEGMENTS_PER_ROW = 128

/** In a page at most: four vertices each, and an index of a vertex is 16 bits. */
export const MAX_PAGE_SEGMENTS = 16_384

/** In `extra`: the heading is known, so that a marker may point somewhere. */
export const HAS_HEADING = 0x4000_0000
/** In `extra`: the vehicle stands at its last report before a gap, and fades. */
export const LINGERS = 0x8000_0000 | 0
/** How long it stands there. */
export const LINGER_MS = 5000
/** In `extra`: the vehicle's number (replay), or its usual ms between reports (live), 0 for a silent vehicle. */
export const EXTRA_MASK = 0x3fff_ffff
/** A vehicle that is silent for more than this number of its intervals begins to fade, and has faded after as many again. */
export const STALE_INTERVALS = 3

export interface Segment {
  /** Ring units. */
  fromX: number
  fromY: number
  toX: number
  toY: number
  /** int32 ms since the page's `baseMs`. */
  startMs: number
  durationMs: number
  /** 256ths of a circle, clockwise from north. */
  turnFrom: number
  turnTo: number
  /** Slot of the palette, and step of the speed scale. */
  type: number
  speed: number
  extra: number
}

/** Segments that live in one texture. */
export interface SegmentPage {
  readonly capacity: number
  readonly baseMs: number
  /** Number of segments in use: the first ones. */
  count: number
  readonly ints: Int32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Segments changed since they were last given to the graphics processor: `[dirtyFrom, dirtyTo)`. */
  dirtyFrom: number
  dirtyTo: number
}

export const createSegmentPage = (capacity: number, baseMs = 0): SegmentPage => {
  const rows = Math.ceil(capacity / SEGMENTS_PER_ROW)
  const buffer = new ArrayBuffer(rows * SEGMENTS_PER_ROW * BYTES_PER_SEGMENT)
  return {
    capacity,
    baseMs,
    count: 0,
    ints: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
    dirtyFrom: capacity,
    dirtyTo: 0,
  }
}

export const createSegment = (): Segment => ({
  fromX: 0,
  fromY: 0,
  toX: 0,
  toY: 0,
  startMs: 0,
  durationMs: 0,
  turnFrom: 0,
  turnTo: 0,
  type: 0,
  speed: 0,
  extra: 0,
})

const markDirty = (page: SegmentPage, index: number): void => {
  if (index < page.dirtyFrom) page.dirtyFrom = index
  if (index >= page.dirtyTo) page.dirtyTo = index + 1
}

export const markClean = (page: SegmentPage): void => {
  page.dirtyFrom = page.capacity
  page.dirtyTo = 0
}

export const writeSegment = (page: SegmentPage, index: number, segment: Segment): void => {
  const { ints, bytes } = page
  const word = index * WORDS
  ints[word] = segment.fromX
  ints[word + 1] = segment.fromY
  ints[word + 2] = segment.toX
  ints[word + 3] = segment.toY
  ints[word + 4] = segment.startMs
  ints[word + 5] = segment.durationMs
  const byte = index * BYTES_PER_SEGMENT + 24
  bytes[byte] = segment.turnFrom
  bytes[byte + 1] = segment.turnTo
  bytes[byte + 2] = segment.type
  bytes[byte + 3] = segment.speed
  ints[word + 7] = segment.extra
  markDirty(page, index)
}

/** Into `segment`, so that a loop over a fleet allocates nothing. */
export const readSegment = (page: SegmentPage, index: number, segment: Segment): void => {
  const { ints, bytes } = page
  const word = index * WORDS
  segment.fromX = ints[word]
  segment.fromY = ints[word + 1]
  segment.toX = ints[word + 2]
  segment.toY = ints[word + 3]
  segment.startMs = ints[word + 4]
  segment.durationMs = ints[word + 5]
  const byte = index * BYTES_PER_SEGMENT + 24
  segment.turnFrom = bytes[byte]
  segment.turnTo = bytes[byte + 1]
  segment.type = bytes[byte + 2]
  segment.speed = bytes[byte + 3]
  segment.extra = ints[word + 7]
}

export const writeExtra = (page: SegmentPage, index: number, extra: number): void => {
  page.ints[index * WORDS + 7] = extra
  markDirty(page, index)
}

export const copySegment = (from: SegmentPage, index: number, to: SegmentPage, toIndex: number): void => {
  const word = index * WORDS
  to.ints.set(from.ints.subarray(word, word + WORDS), toIndex * WORDS)
  markDirty(to, toIndex)
}

/** Fills an empty page with the segments that `order` names; they start `earlierMs` earlier there, in int32. */
export const moveSegments = (from: SegmentPage, order: Uint32Array, to: SegmentPage, earlierMs: number): void => {
  for (let index = 0; index < order.length; index += 1) {
    const source = order[index] * WORDS
    const target = index * WORDS
    for (let word = 0; word < WORDS; word += 1) to.ints[target + word] = from.ints[source + word]
    to.ints[target + 4] = (to.ints[target + 4] - earlierMs) | 0
  }
  to.count = order.length
}

/** Where a vehicle is drawn: ring units, and a turn with a fraction. */
export interface Drawn {
  x: number
  y: number
  turn: number
}

export const createDrawn = (): Drawn => ({ x: 0, y: 0, turn: 0 })

/** At an instant, int32 ms since the page's `baseMs`, as the vertex shader finds it. Into `drawn`. */
export const readDrawn = (page: SegmentPage, index: number, now: number, drawn: Drawn): void => {
  const { ints, bytes } = page
  const word = index * WORDS
  const byte = index * BYTES_PER_SEGMENT + 24
  const part = partOf(now, ints[word + 4], ints[word + 5])
  drawn.x = between(ints[word], ints[word + 2], part)
  drawn.y = between(ints[word + 1], ints[word + 3], part)
  drawn.turn = turnAt(bytes[byte], bytes[byte + 1], part)
}

/** Whether an instant is in a segment: `[start, start + duration)`. */
export const isWithin = (page: SegmentPage, index: number, now: number): boolean => {
  const elapsed = now - page.ints[index * WORDS + 4]
  return elapsed >= 0 && elapsed < page.ints[index * WORDS + 5]
}

/** Whether a segment is on one side of a box all the way; it may be far when this says no. */
export const isBeside = (page: SegmentPage, index: number, { x, y, reachX, reachY }: Reach): boolean => {
  const { ints } = page
  const word = index * WORDS
  const fromX = (ints[word] - x) | 0
  const toX = (ints[word + 2] - x) | 0
  if ((fromX > reachX && toX > reachX) || (fromX < -reachX && toX < -reachX)) return true
  const fromY = ints[word + 1] - y
  const toY = ints[word + 3] - y
  return (fromY > reachY && toY > reachY) || (fromY < -reachY && toY < -reachY)
}

export const startOf = (page: SegmentPage, index: number): number => page.ints[index * WORDS + 4]

export const durationOf = (page: SegmentPage, index: number): number => page.ints[index * WORDS + 5]

export const extraOf = (page: SegmentPage, index: number): number => page.ints[index * WORDS + 7]
