import { moveStreamName } from '@fleetlake/contracts'
import {
  beginAt,
  type Offset,
  type Origin,
  type PartitionEntry,
  type PartitionReader,
  type ReaderState,
  type StreamStates,
  type TableOffsets,
} from '@fleetlake/hub'
import { type Former, formersOf } from '../losses/presume-losses.ts'
import { type HeldTail, holdTail } from './held-tail.ts'
import { missingOf } from './missing-of.ts'
import type { BrokenState } from './broken-streams.ts'
import { createTailLane, type TailLane, type TailLaneDeps } from './tail-lane.ts'
import { createTailMemory } from './tail-memory.ts'

export interface TailOptions {
  /** Bytes of all streams together. */
  readonly memory: number
  readonly futureToleranceMs: number
  /** Reading ends this long after the last query. */
  readonly lingerMs: number
}

export interface TailDeps extends Pick<TailLaneDeps, 'decode' | 'decodeCarefully' | 'columns'> {
  enter(partition: number): Promise<PartitionEntry>
  /** A state of the stream that collectors have noted and that is not there any more. */
  broken(partition: number): BrokenState | undefined
  read(partition: number, from: Offset, onState: (state: ReaderState) => void): PartitionReader
}

/** How far each stream had been read at an instant; what was stored since is beyond it. */
export type TailPositions = ReadonlyMap<number, number>

export interface TakeRequest {
  /** What version of the table this is about; -1 when there is none. */
  readonly version: number
  readonly offsets: TableOffsets
  readonly streams: StreamStates
  /** Before the version and the streams were read. */
  readonly positions: TailPositions
  /** When that began, by `performance.now()`. */
  readonly askedAt: number
  /** Aborted: no more waiting, what is in hand is all there is. */
  readonly signal: AbortSignal
}

/**
 * - whole: every message that the streams held when they were looked at and the version does not.
 * - again: the table has moved on, or a stream is not what it was; look at both again.
 * - short: there is no memory for all of it, or no time.
 */
export type Taken = { readonly status: 'whole' | 'short'; readonly tail: HeldTail } | { readonly status: 'again' }

/**
 * One rolling tail of all streams for all queries of a process. Read only while queries come; what the newest version of the table
 * holds is dropped.
 */
export interface Tail {
  positions(): TailPositions
  take(request: TakeRequest): Promise<Taken>
  /** Bytes held, of those that it may hold. */
  fill(): number
  /** Another copy of the table is in the place of the one that was read: how far that was says nothing of this one. */
  forget(): void
  stop(): void
}

/** A lane that is further behind the table than this starts again there. */
const FAR_BEHIND = 256

interface Wanted {
  readonly partition: number
  readonly lane: TailLane
  readonly after: number
  readonly through: number
}

/** Whether it can't give any more what it was to give. */
const isLost = ({ lane, after }: Wanted): boolean =>
  lane.state === 'ended' || lane.state === 'rolled-back' || lane.from > after
const isReady = ({ lane, through }: Wanted): boolean => lane.state === 'reading' && lane.to >= through

export const createTail = ({ memory: most, futureToleranceMs, lingerMs }: TailOptions, deps: TailDeps): Tail => {
  const memory = createTailMemory(most)
  const lanes = new Map<number, TailLane>()
  /** Of streams that were rolled back. */
  const spent = new Map<number, Origin>()
  const waiting = new Set<() => void>()
  let newest = -1
  let idle: NodeJS.Timeout | undefined

  const tellChange = (): void => {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const change = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        resolve()
      }
      waiting.add(wake)
      signal.addEventListener('abort', wake)
      if (signal.aborted) wake()
    })
  const endLane = (partition: number): void => {
    lanes.get(partition)?.end()
    lanes.delete(partition)
  }
  const endAll = (): void => {
    for (const partition of lanes.keys()) endLane(partition)
  }
  const open = (partition: number, origin: Origin): TailLane => {
    const lane = createTailLane(origin, {
      read: (from, onState) => deps.read(partition, from, onState),
      decode: deps.decode,
      decodeCarefully: deps.decodeCarefully,
      columns: deps.columns,
      enter: () => deps.enter(partition),
      memory,
      futureToleranceMs,
      onChange: () => {
        if (lane.state === 'rolled-back') spent.set(partition, origin)
        const isOver = lane.state === 'rolled-back' || lane.state === 'ended'
        if (isOver && lanes.get(partition) === lane) lanes.delete(partition)
        tellChange()
      },
    })
    lanes.set(partition, lane)
    return lane
  }

  /** The lane that reads on from an origin; undefined when an older version is asked for than it was trimmed to. */
  const laneAt = (partition: number, origin: Origin, isNewest: boolean): TailLane | undefined => {
    const lane = lanes.get(partition)
    const { sequence } = origin.from
    if (lane === undefined || lane.origin.appId !== origin.appId || sequence - lane.to > FAR_BEHIND) {
      endLane(partition)
      return open(partition, origin)
    }
    if (sequence >= lane.from) return lane
    if (!isNewest) return undefined
    endLane(partition)
    return open(partition, origin)
  }

  /** @returns what is wanted of which stream, and what is read of each; undefined when an older version is asked for */
  const want = ({
    version,
    offsets,
    streams,
    positions,
  }: TakeRequest): { readonly wanted: Wanted[]; readonly origins: Map<number, Origin> } | undefined => {
    const wanted: Wanted[] = []
    const origins = new Map<number, Origin>()
    for (const partition of lanes.keys()) if (!streams.has(partition)) endLane(partition)
    for (const [partition, state] of streams) {
      const former = spent.get(partition) ?? deps.broken(partition)
      const origin = beginAt(moveStreamName(partition), state, offsets, former)
      origins.set(partition, origin)
      const { sequence: after, timestampMs } = origin.from
      // The stream ends before what was read of it, or archived: it is not what it was, as its reader finds out.
      if ((positions.get(partition) ?? 0) > state.last || after > state.last) endLane(partition)
      else if (after === state.last && timestampMs === undefined) continue
      const lane = laneAt(partition, origin, version >= newest)
      if (lane === undefined) return undefined
      if (version >= newest) lane.trim(after)
      wanted.push({ partition, lane, after, through: Math.max(after, state.last) })
    }
    return { wanted, origins }
  }

  /** What was purged was archived before: a version that was read since holds it, if it was ever archived. No version holds a damaged message. */
  const mayBeArchived = ({ lane, after, through }: Wanted, askedAt: number): boolean =>
    lane.gaps.some(
      ({ from, to, foundAt, isDamaged = false }) => !isDamaged && foundAt >= askedAt && to > after && from <= through,
    )
  const shortOf = (one: Wanted): string | undefined => {
    if (isReady(one)) return undefined
    const { lane, after, through } = one
    const left = Math.max(0, through - Math.max(lane.to, after))
    const why = memory.isFull() ? 'there is no room for them in finder.tailMemory' : 'they could not be read in time'
    return `its last ${left} messages are not archived yet, and ${why}`
  }

  const hold = (wanted: readonly Wanted[], formers: readonly Former[]): HeldTail => {
    const missing = wanted.flatMap((one) => {
      const { partition, lane, after, through } = one
      return missingOf({ partition, after, through, gaps: lane.gaps, short: shortOf(one) })
    })
    const blocks = wanted.flatMap(({ lane, after, through }) => lane.hold(after, Math.min(through, lane.to)))
    const messages = wanted.reduce(
      (count, { lane, after, through }) => count + Math.max(0, Math.min(through, lane.to) - after),
      0,
    )
    return holdTail({ blocks, messages, missing, formers })
  }

  const take = async (request: TakeRequest): Promise<Taken> => {
    const { version, offsets, askedAt, signal } = request
    const found = want(request)
    newest = Math.max(newest, version)
    if (found === undefined) return { status: 'again' }
    const { wanted, origins } = found
    const holdAll = (): HeldTail => hold(wanted, formersOf(origins, offsets))
    for (;;) {
      if (wanted.some(isLost)) return { status: 'again' }
      if (wanted.some((one) => mayBeArchived(one, askedAt))) return { status: 'again' }
      if (wanted.every(isReady)) return { status: 'whole', tail: holdAll() }
      const isStuck = memory.isFull() && wanted.every((one) => isReady(one) || one.lane.isPaused())
      if (isStuck || signal.aborted) return { status: 'short', tail: holdAll() }
      await change(signal)
    }
  }

  return {
    positions: () => new Map([...lanes].map(([partition, { to }]) => [partition, to])),
    take: async (request) => {
      clearTimeout(idle)
      try {
        return await take(request)
      } finally {
        clearTimeout(idle)
        idle = setTimeout(endAll, lingerMs).unref()
      }
    },
    forget: () => {
      endAll()
      spent.clear()
      newest = -1
    },
    fill: () => memory.bytes() / memory.most,
    stop: () => {
      clearTimeout(idle)
      endAll()
    },
  }
}
