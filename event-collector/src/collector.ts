import type { StreamPosition } from '@fleetlake/contracts'
import type { Batch, Lane } from './lane.ts'
import type { Flushed } from './flush.ts'

export interface CollectorOptions {
  /** Bytes that the buffers of all partitions may take before reading pauses. */
  readonly memory: number
}

export interface CollectorDeps {
  createLane(partition: number, hooks: { room(): Promise<void>; onSealed(): void }): Lane
  /** Tries again for as long as a store fails; what it gives up at last is read again from the stream. */
  flush(batches: readonly Batch[]): Promise<Flushed>
  /** After each commit, or for nothing when all was stale. */
  onFlushed(flushed: Flushed): void
}

export interface Collector {
  /** Which partitions are ours now. Those lost are flushed and left, those won are read from the table's offset. */
  assign(partitions: readonly number[]): void
  /** Whether a partition is ours. */
  owns(partition: number): boolean
  /** Resolves with the table's offset once it has reached the sequence, undefined when the partition is not ours any more. */
  flushThrough(request: StreamPosition): Promise<number | undefined>
  /** Seals what is due by the clock; call it a few times a second. */
  tick(): void
  /** Age of the oldest message read and not committed, ms. */
  lagMs(): number
  readonly bytes: number
  /** What the table holds of each of our partitions, where known. */
  offsets(): { readonly partition: number; readonly committed: number }[]
  /** Stops reading, flushes all, ends. */
  stop(): Promise<void>
}

/** A request about a stream that is not (yet) the one that is read is answered by nobody after this long; the asker repeats. */
const OTHER_STREAM_MS = 5_000

interface Waiting {
  readonly request: StreamPosition
  readonly since: number
  readonly answer: (committed: number | undefined) => void
}

/** The lanes of one process, their common budget of memory, and one flush at a time for all that are due. */
export const createCollector = ({ memory }: CollectorOptions, deps: CollectorDeps): Collector => {
  const lanes = new Map<number, Lane>()
  const leaving = new Set<Lane>()
  const waiting = new Set<Waiting>()
  const roomWaiters = new Set<() => void>()
  let flushing: Promise<void> | undefined

  const all = (): Lane[] => [...lanes.values(), ...leaving]
  const bytes = (): number => all().reduce((total, lane) => total + lane.bytes(), 0)

  /** Over the budget the largest buffer is flushed first. */
  const room = async (): Promise<void> => {
    while (bytes() >= memory) {
      const largest = all()
        .filter(({ sealed }) => sealed === undefined)
        .toSorted((a, b) => b.bytes() - a.bytes())[0]
      if (all().every(({ sealed }) => sealed === undefined)) largest?.seal('memory')
      await new Promise<void>((resolve) => roomWaiters.add(resolve))
    }
  }

  const answerWaiting = (): void => {
    for (const entry of waiting) {
      const lane = lanes.get(entry.request.partition)
      const offset = lane?.offset
      const isOther = offset !== undefined && offset.created !== entry.request.created
      const isGivenUp = lane === undefined || (isOther && performance.now() - entry.since > OTHER_STREAM_MS)
      const isDone = offset !== undefined && !isOther && offset.sequence >= entry.request.sequence
      if (!isDone && !isGivenUp) {
        if (!isOther) lane?.sealThrough(entry.request)
        continue
      }
      waiting.delete(entry)
      entry.answer(isDone ? offset.sequence : undefined)
    }
  }

  const flushAll = async (): Promise<void> => {
    for (;;) {
      const due = all().filter(({ sealed }) => sealed !== undefined)
      if (due.length === 0) return
      const byBatch = new Map(due.map((lane) => [lane.sealed!, lane]))
      const flushed = await deps.flush([...byBatch.keys()])
      for (const batch of flushed.committed) {
        const lane = byBatch.get(batch)!
        // A lane that was reset meanwhile has begun again from an offset that may be older: it finds out at its next commit.
        if (lane.sealed === batch) lane.committed()
      }
      for (const batch of flushed.stale) {
        const lane = byBatch.get(batch)!
        if (lane.sealed === batch) lane.reset()
      }
      deps.onFlushed(flushed)
      answerWaiting()
      for (const resolve of roomWaiters) resolve()
      roomWaiters.clear()
    }
  }

  const flushSoon = (): void => {
    flushing ??= flushAll().finally(() => {
      flushing = undefined
      if (all().some(({ sealed }) => sealed !== undefined)) flushSoon()
    })
  }

  const settle = async (): Promise<void> => {
    while (flushing !== undefined) await flushing
  }

  const leave = async (lane: Lane): Promise<void> => {
    leaving.add(lane)
    await lane.stop()
    // A batch may be on its way already; what has gathered behind it is sealed after it.
    await settle()
    lane.seal('partition-lost')
    await settle()
    leaving.delete(lane)
  }

  return {
    assign: (partitions) => {
      const wanted = new Set(partitions)
      for (const [partition, lane] of lanes) {
        if (wanted.has(partition)) continue
        lanes.delete(partition)
        void leave(lane)
      }
      for (const partition of wanted) {
        if (lanes.has(partition)) continue
        const lane = deps.createLane(partition, { room, onSealed: flushSoon })
        lanes.set(partition, lane)
        lane.start()
      }
      answerWaiting()
    },
    owns: (partition) => lanes.has(partition),
    flushThrough: (request) =>
      new Promise((resolve) => {
        waiting.add({ request, since: performance.now(), answer: resolve })
        answerWaiting()
      }),
    tick: () => {
      for (const lane of lanes.values()) lane.tick()
      answerWaiting()
    },
    lagMs: () => Math.max(0, ...all().map((lane) => lane.lagMs())),
    get bytes() {
      return bytes()
    },
    offsets: () =>
      [...lanes.values()].flatMap(({ partition, offset }) =>
        offset === undefined ? [] : [{ partition, committed: offset.sequence }],
      ),
    stop: async () => {
      const stopping = [...lanes.values()]
      lanes.clear()
      await Promise.all(stopping.map(leave))
      await settle()
      answerWaiting()
    },
  }
}
