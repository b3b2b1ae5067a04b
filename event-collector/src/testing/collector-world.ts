import { createColumnWatch } from '@fleetlake/archive'
import { CONTENT_TYPES, decodeMove, moveStreamName } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import type { Offset, PartitionReader, Reading, StoredMove, StreamState } from '@fleetlake/hub'
import { tableFromIPC, tableToIPC } from 'apache-arrow'
import type { Batch, LostMessages } from '../lane/batch.ts'
import { type Collector, createCollector } from '../collector.ts'
import type { Flushed } from '../flush/flush.ts'
import type { BufferColumns } from '../core/buffer-columns.ts'
import { type ColumnsPool, createColumnsPool } from '../core/columns-pool.ts'
import { createLane } from '../lane/lane.ts'

/** For tests: streams and a table in memory, whose every step the test decides. */

interface FakeStream {
  created: string
  first: number
  /** From sequence 1 on, purged ones too; the serial number of each message is its vehicle and its time of storing. */
  messages: { readonly serial: number; readonly kind: MoveKind }[]
  readonly changed: Set<() => void>
  seen?: number
}

export type MoveKind = 'arrow' | 'foreign' | 'malformed'

/** What a commit put into the table. */
export interface CommittedRange {
  readonly appId: string
  readonly from: number
  readonly to: number
  /** The serial numbers of the messages, rows and letters. */
  readonly serials: readonly number[]
}

export type FlushOutcome = 'commit' | 'give-up' | 'commit-untold'

interface PendingFlush {
  readonly batches: readonly Batch[]
  readonly before: readonly string[]
  readonly resolve: (flushed: Flushed) => void
}

const payloads = new Map<string, Uint8Array>()
const payloadOf = (serial: number, kind: MoveKind): Uint8Array => {
  const key = `${serial} ${kind}`
  let payload = payloads.get(key)
  if (payload === undefined) {
    const row = { vehicleType: 'taxi', eventTime: 0, longitude: 1, latitude: 2, speed: 1, heading: 1 }
    const ours = encodePositions(positionsOfRows([{ vehicleId: String(serial), ...row }]))
    if (kind === 'arrow') payload = ours
    else if (kind === 'foreign') payload = tableToIPC(tableFromIPC(ours), 'stream')
    else payload = new TextEncoder().encode(String(serial))
    payloads.set(key, payload)
  }
  return payload
}

const moveOf = (sequence: number, { serial, kind }: FakeStream['messages'][number]): StoredMove => ({
  sequence,
  timestampMs: serial,
  subject: '',
  header: (name) => (name === 'content-type' && kind !== 'malformed' ? CONTENT_TYPES.arrow : undefined),
  data: payloadOf(serial, kind),
})

const shapeOf = ({ appId, from, to, buffer, letters, losses }: Batch): string =>
  [appId, from, to, buffer.length, letters.length, losses.length].join(' ')

const rangeOf = ({ appId, from, to, buffer, letters }: Batch): CommittedRange => {
  const { vehicle } = buffer.columns
  const rows = Array.from({ length: buffer.length }, (_, i) => Number(buffer.vehicleId(vehicle[i])))
  const dead = letters.map(({ payload }) => Number(new TextDecoder().decode(payload)))
  return { appId, from, to, serials: [...rows, ...dead].toSorted((a, b) => a - b) }
}

export interface World {
  readonly streams: readonly FakeStream[]
  readonly committed: readonly CommittedRange[]
  readonly warnings: readonly string[]
  /** Recorded, each as often as it was. */
  readonly losses: readonly LostMessages[]
  nowMs: number
  /** Partitions where collectors have ended abnormally; until one has passed. */
  readonly careful: Set<number>
  /** How many messages were decoded in a process of their own. */
  decodedAlone: number
  collector(options: { memory: number; maxRows?: number }): FakeCollector
  publish(partition: number, kind: MoveKind, count?: number): void
  /** Removes what is committed but for the last message, as a purger does. */
  purge(partition: number): void
  /** Removes the first messages, committed or not. */
  lose(partition: number, through: number): void
  /** The stream as it was when it held this number of messages. */
  rollBack(partition: number, last: number): void
  /** Another stream of the same name. @param seen how far the former one was known to be filled */
  recreate(partition: number, seen?: number): void
}

export interface FakeCollector extends Collector {
  readonly pending: PendingFlush | undefined
  /** Columns that buffers have taken and not given back. */
  readonly columnsTaken: number
  settle(outcome: FlushOutcome): void
}

export const createWorld = (partitions: number): World => {
  const streams = Array.from({ length: partitions }, (): FakeStream => ({
    created: 'c0',
    first: 1,
    messages: [],
    changed: new Set(),
  }))
  const txns = new Map<string, number>()
  const txnTimes = new Map<string, number>()
  const committed: CommittedRange[] = []
  const warnings: string[] = []
  const losses: LostMessages[] = []
  let serials = 0
  let creations = 0

  const stateOf = ({ created, first, messages }: FakeStream): StreamState => ({
    created,
    first,
    last: messages.length,
    messages: messages.length - first + 1,
    bytes: messages.length * 500,
  })
  const change = (stream: FakeStream): void => {
    for (const tell of stream.changed) tell()
    stream.changed.clear()
  }

  const read = (partition: number, from: Offset): PartitionReader => {
    const stream = streams[partition]
    let position = from
    let isClosed = false
    const look = (): Reading | undefined => {
      if (isClosed) return { kind: 'closed' }
      const { sequence, timestampMs, created } = position
      const state = stateOf(stream)
      if (created !== state.created) return { kind: 'recreated', stream: state, seen: stream.seen }
      const stored = sequence >= state.first ? stream.messages[sequence - 1]?.serial : undefined
      const isOther = stored !== undefined && timestampMs !== undefined && stored !== timestampMs
      if (state.last < sequence || isOther) return { kind: 'rolled-back', stream: state }
      if (state.first > sequence + 1) {
        position = { created, sequence: state.first - 1 }
        return { kind: 'gap', from: sequence + 1, to: state.first - 1 }
      }
      const moves = stream.messages.slice(sequence, sequence + 4).map((message, i) => moveOf(sequence + 1 + i, message))
      const last = moves.at(-1)
      if (last === undefined) return undefined
      position = { created, sequence: last.sequence, timestampMs: last.timestampMs }
      return { kind: 'moves', moves }
    }
    return {
      partition,
      next: async () => {
        for (;;) {
          const reading = look()
          if (reading !== undefined) return reading
          await new Promise<void>((resolve) => stream.changed.add(resolve))
        }
      },
      position: () => position,
      info: () => stateOf(stream),
      seen: () => undefined,
      seek: (offset) => {
        position = offset
      },
      close: async () => {
        isClosed = true
        change(stream)
      },
    }
  }

  const settle = ({ batches, before, resolve }: PendingFlush, outcome: FlushOutcome): void => {
    const after = batches.map(shapeOf)
    if (after.join() !== before.join()) throw new Error(`a sealed batch changed: ${before.join()} → ${after.join()}`)
    // A crash between the two leaves what was recorded.
    losses.push(...batches.flatMap((batch) => batch.losses))
    const done = outcome === 'give-up' ? [] : batches.filter(({ appId, from }) => (txns.get(appId) ?? 0) === from)
    for (const batch of done) {
      txns.set(batch.appId, batch.to)
      if (batch.toTimestampMs === undefined) txnTimes.delete(batch.appId)
      else txnTimes.set(batch.appId, batch.toTimestampMs)
      committed.push(rangeOf(batch))
    }
    const told = outcome === 'commit' ? done : []
    resolve({
      version: told.length > 0 ? 1 : undefined,
      committed: told,
      stale: batches.filter((batch) => !told.includes(batch)),
      written: [],
    })
  }

  const world: World = {
    streams,
    committed,
    warnings,
    losses,
    nowMs: 1_000_000,
    careful: new Set(),
    decodedAlone: 0,
    collector: ({ memory, maxRows = 1_000 }) => {
      let pending: PendingFlush | undefined
      const pool = createColumnsPool(1024 * 1024)
      const taken = new Set<BufferColumns>()
      const countingPool: ColumnsPool = {
        take: (rows) => {
          const columns = pool.take(rows)
          if (taken.has(columns)) throw new Error('columns belong to two buffers')
          taken.add(columns)
          return columns
        },
        giveBack: (columns) => {
          if (!taken.delete(columns)) throw new Error('columns are given back twice')
          pool.giveBack(columns)
        },
      }
      const collector = createCollector(
        { memory },
        {
          createLane: (partition, hooks) =>
            createLane(
              {
                partition,
                geohashLength: 5,
                futureToleranceMs: 0,
                maxStreamBytes: 1e9,
                seal: { windowMs: 600_000, maxRows, maxBytes: 1e9, maxAgeMs: 60_000, minAgeMs: 1_000 },
                now: () => world.nowMs,
              },
              {
                look: async (p) => stateOf(streams[p]),
                mark: async () => undefined,
                read,
                decode: decodeMove,
                decodeCarefully: async (payload, contentType) => {
                  world.decodedAlone++
                  return decodeMove(payload, contentType)
                },
                enter: async (p) => ({
                  isCareful: world.careful.has(p),
                  passed: () => world.careful.delete(p),
                  leave: async () => undefined,
                }),
                columns: createColumnWatch({
                  current: () => ({ measures: [] }),
                  refresh: async () => undefined,
                  now: () => world.nowMs,
                }),
                pool: countingPool,
                offsets: async () => ({ txns: new Map(txns), txnTimes: new Map(txnTimes) }),
                storedAt: async (p, sequence) => streams[p].messages[sequence - 1]?.serial,
                warn: (_, message) => {
                  if (!message.includes('ended abnormally')) warnings.push(message)
                },
                ...hooks,
              },
            ),
          flush: (batches) => {
            if (pending !== undefined) throw new Error('two flushes at once')
            if (new Set(batches.map(({ appId }) => appId)).size < batches.length) throw new Error('a stream twice')
            return new Promise((resolve) => {
              pending = { batches, before: batches.map(shapeOf), resolve }
            })
          },
          onFlushed: () => undefined,
        },
      )
      return Object.assign(
        Object.create({
          get pending() {
            return pending
          },
          get columnsTaken() {
            return taken.size
          },
        }) as { readonly pending: PendingFlush | undefined; readonly columnsTaken: number },
        {
          ...collector,
          settle: (outcome: FlushOutcome) => {
            const flush = pending
            pending = undefined
            if (flush !== undefined) settle(flush, outcome)
          },
        },
      )
    },
    publish: (partition, kind, count = 1) => {
      for (let i = 0; i < count; i++) streams[partition].messages.push({ serial: ++serials, kind })
      change(streams[partition])
    },
    purge: (partition) => {
      const stream = streams[partition]
      for (const [appId, sequence] of txns) {
        if (!appId.startsWith(`${moveStreamName(partition)}@${stream.created}#`)) continue
        if (stream.messages[sequence - 1]?.serial !== txnTimes.get(appId)) continue
        stream.first = Math.max(stream.first, sequence)
      }
      change(stream)
    },
    lose: (partition, through) => {
      streams[partition].first = through + 1
      change(streams[partition])
    },
    rollBack: (partition, last) => {
      const stream = streams[partition]
      stream.messages = stream.messages.slice(0, last)
      stream.first = Math.min(stream.first, last + 1)
      change(stream)
    },
    recreate: (partition, seen) => {
      Object.assign(streams[partition], { created: `c${++creations}`, first: 1, messages: [], seen })
      change(streams[partition])
    },
  }
  return world
}
