import type { StreamMark, StreamPosition } from '@fleetlake/contracts'
import type { Batch } from './lane/batch.ts'
import type { Flushed } from './flush/flush.ts'
import type { Lane } from './lane/lane.ts'
import type { Offset } from '@fleetlake/hub'
import type { PartitionStand } from './ops/lag-of.ts'

export interface CollectorOptions {
  /** Bytes that the buffers of all partitions may take before reading pauses. */
  readonly memory: number
}

export interface CollectorDeps {
  createLane(partition: number, hooks: { room(): Promise<void>; onSealed(): void }): Lane
  /** Every batch is either committed or stale in the end; tries for as long as a store fails. Never rejects. */
  flush(batches: readonly Batch[]): Promise<Flushed>
  /** After each flush. Must not throw. */
  onFlushed(flushed: Flushed): void
}

export interface Collector {
  /** Which partitions are ours now. Those lost are flushed and left, those won are read from the table's offset. */
  assign(partitions: readonly number[]): void
  /** Resolves with the table's offset once it has reached the sequence; undefined when another collector owns the stream. */
  flushThrough(request: StreamPosition): Promise<number | undefined>
  /** Seals what is due by the clock; call it a few times a second. */
  tick(): void
  /** Age of the oldest message read and not committed, ms. */
  lagMs(): number
  readonly bytes: number
  /** How far the streams were seen filled, of those of which the table does not tell it. */
  marks(): StreamMark[]
  /** What the table holds of each of our partitions, where known. */
  offsets(): { readonly partition: number; readonly committed: Offset }[]
  /** How far it is with each of our partitions. */
  stands(): readonly PartitionStand[]
  /** Stops reading, flushes all, ends. */
  stop(): Promise<void>
}

/** A request about a stream that is not (yet) the one that is read goes unanswered after this long; the client repeats it. */
const OTHER_STREAM_MS = 5_000
/** So is one about a message that is not there. */
const ANSWER_MS = 30_000

interface Waiting {
  readonly request: StreamPosition
  readonly since: number
  readonly answer: (committed: number | undefined) => void
}

/**
 * The lanes of one process, their common budget of memory, and one flush at a time for all that are due. Invariant: a partition has one
 * lane at a time; one that is won again while its lane is leaving is read once that has left.
 */
export const createCollector = ({ memory }: CollectorOptions, deps: CollectorDeps): Collector => {
  const lanes = new Map<number, Lane>()
  const leaving = new Map<Lane, Promise<void>>()
  const waiting = new Set<Waiting>()
  const roomWaiters = new Set<() => void>()
  let wanted: ReadonlySet<number> = new Set()
  let flushing: Promise<void> | undefined

  const all = (): Lane[] => [...lanes.values()]
  const staying = (): Lane[] => all().filter((lane) => !leaving.has(lane))
  const isSealed = ({ sealed }: Lane): boolean => sealed !== undefined
  const bytes = (): number => all().reduce((total, lane) => total + lane.bytes(), 0)

  /** Over the budget the largest buffer is flushed first. */
  const room = async (): Promise<void> => {
    while (bytes() > memory) {
      if (!all().some(isSealed))
        all()
          .reduce((a, b) => (b.bytes() > a.bytes() ? b : a))
          .seal()
      await new Promise<void>((resolve) => roomWaiters.add(resolve))
    }
  }
  const tellRoom = (): void => {
    for (const resolve of roomWaiters) resolve()
    roomWaiters.clear()
  }

  /** @returns whether it has been answered */
  const tryAnswer = ({ request, since, answer }: Waiting): boolean => {
    const ageMs = performance.now() - since
    const lane = lanes.get(request.partition)
    const offset = lane?.offset
    const isOther = offset !== undefined && offset.created !== request.created
    if (offset !== undefined && !isOther && offset.sequence >= request.sequence) answer(offset.sequence)
    else if (!wanted.has(request.partition) || ageMs > (isOther ? OTHER_STREAM_MS : ANSWER_MS)) answer(undefined)
    else {
      lane?.sealThrough(request)
      return false
    }
    return true
  }
  const answerWaiting = (): void => {
    for (const entry of waiting) if (tryAnswer(entry)) waiting.delete(entry)
  }

  const flushDue = async (): Promise<void> => {
    for (;;) {
      const due = new Map(all().flatMap((lane) => (lane.sealed === undefined ? [] : [[lane.sealed, lane] as const])))
      if (due.size === 0) return
      const flushed = await deps.flush([...due.keys()])
      for (const batch of flushed.committed) due.get(batch)!.committed(batch)
      for (const batch of flushed.stale) due.get(batch)!.givenUp(batch)
      deps.onFlushed(flushed)
      answerWaiting()
      tellRoom()
    }
  }
  const flushSoon = (): void => {
    flushing ??= flushDue().finally(() => {
      flushing = undefined
      if (all().some(isSealed)) flushSoon()
    })
  }

  const open = (partition: number): void => {
    const lane = deps.createLane(partition, { room, onSealed: flushSoon })
    lanes.set(partition, lane)
    lane.start()
  }
  const leave = async (lane: Lane): Promise<void> => {
    await lane.stop()
    leaving.delete(lane)
    lanes.delete(lane.partition)
    tellRoom()
    if (wanted.has(lane.partition)) open(lane.partition)
  }
  const assign = (partitions: readonly number[]): void => {
    wanted = new Set(partitions)
    for (const lane of staying()) if (!wanted.has(lane.partition)) leaving.set(lane, leave(lane))
    for (const partition of wanted) if (!lanes.has(partition)) open(partition)
    answerWaiting()
  }

  return {
    assign,
    flushThrough: (request) =>
      new Promise((answer) => {
        const entry = { request, since: performance.now(), answer }
        if (!tryAnswer(entry)) waiting.add(entry)
      }),
    tick: () => {
      for (const lane of all()) lane.tick()
      answerWaiting()
    },
    lagMs: () => Math.max(0, ...all().map((lane) => lane.lagMs())),
    get bytes() {
      return bytes()
    },
    marks: () => all().flatMap((lane) => lane.mark() ?? []),
    offsets: () =>
      staying().flatMap(({ partition, offset }) => (offset === undefined ? [] : [{ partition, committed: offset }])),
    stands: () => staying().map(({ partition, offset, lagMs }) => ({ partition, committed: offset, lagMs: lagMs() })),
    stop: async () => {
      assign([])
      await Promise.all(leaving.values())
      while (flushing !== undefined) await flushing
    },
  }
}
