import { createColumnWatch, type Snapshot } from '@fleetlake/archive'
import { CONTENT_TYPES, decodeMove, moveStreamName } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { DIGEST_HEADER } from '@fleetlake/hub'
import type { Offset, PartitionReader, Reading, ReaderState, StoredMove, StreamState } from '@fleetlake/hub'
import type { HubLook } from '../coordinator/pin-version.ts'
import type { TailDeps } from '../tail/tail.ts'

/** For tests: streams and a table in memory, whose every step the test decides. A message is one row, whose vehicle is its number. */

interface FakeStream {
  created: string
  first: number
  /** From sequence 1 on, purged ones too. */
  messages: readonly number[]
  readonly changed: Set<() => void>
}

export interface FakeTable extends Pick<Snapshot, 'id' | 'version' | 'txns' | 'txnTimes'> {
  /** The messages whose rows are in this version. */
  readonly messages: readonly number[]
}

export interface TestStreams {
  readonly streams: readonly FakeStream[]
  readonly table: FakeTable
  look(): HubLook
  read(partition: number, from: Offset, onState: (state: ReaderState) => void): PartitionReader
  /** The first partition is decoded carefully, as if readers had ended there. */
  readonly decoding: Omit<TailDeps, 'read'>
  /** @param isDamaged its bytes come to be others than those that were published */
  publish(partition: number, isDamaged?: boolean): void
  /** What a collector does: the next messages of a stream, in one version. */
  commit(partition: number, count: number): void
  /** Removes what is committed but for the last message, as a purger does. */
  purge(partition: number): void
  /** Another stream of the same name; the messages of the former that were not committed are lost. */
  recreate(partition: number): void
  /** The messages that an answer must have: stored, and not lost. */
  expected(): number[]
}

const payloads = new Map<number, Uint8Array>()
const payloadOf = (message: number): Uint8Array => {
  let payload = payloads.get(message)
  if (payload === undefined) {
    const row = { vehicleType: 'taxi', eventTime: 0, longitude: 1, latitude: 2, speed: 1, heading: 1 }
    payload = encodePositions(positionsOfRows([{ vehicleId: String(message), ...row }]))
    payloads.set(message, payload)
  }
  return payload
}

/** Of no payload here. */
const OTHER_DIGEST = 'crc32:00000000'

const moveOf = (sequence: number, message: number, isDamaged: boolean): StoredMove => ({
  sequence,
  timestampMs: message,
  subject: '',
  header: (name) =>
    name === 'content-type' ? CONTENT_TYPES.arrow : name === DIGEST_HEADER && isDamaged ? OTHER_DIGEST : undefined,
  data: payloadOf(message),
})

/** @param step passes on what a stream gives, when the test wants it */
export const createTestStreams = (
  partitions: number,
  step: <Value>(what: string, run: () => Value) => Promise<Value>,
): TestStreams => {
  const streams = Array.from({ length: partitions }, (): FakeStream => ({
    created: 'c0',
    first: 1,
    messages: [],
    changed: new Set(),
  }))
  let table: FakeTable = { id: 't', version: 0, txns: new Map(), txnTimes: new Map(), messages: [] }
  let stored = 0
  const damaged = new Set<number>()
  let creations = 0

  const stateOf = ({ created, first, messages }: FakeStream): StreamState => ({
    created,
    first,
    last: messages.length,
    messages: messages.length - first + 1,
    bytes: messages.length,
  })
  const change = (stream: FakeStream): void => {
    for (const tell of stream.changed) tell()
    stream.changed.clear()
  }
  const appIdOf = (partition: number): string => `${moveStreamName(partition)}@${streams[partition].created}#0`
  const committedOf = (partition: number): number => table.txns.get(appIdOf(partition)) ?? 0

  const read: TestStreams['read'] = (partition, from, onState) => {
    const stream = streams[partition]
    let position = from
    let [isOpen, isClosed] = [false, false]
    const lookOnce = (): Reading | undefined => {
      if (isClosed) return { kind: 'closed' }
      const { sequence, created } = position
      const state = stateOf(stream)
      if (created !== state.created) return { kind: 'recreated', stream: state }
      if (!isOpen) onState({ state: 'reading' })
      isOpen = true
      if (state.first > sequence + 1) {
        position = { created, sequence: state.first - 1 }
        return { kind: 'gap', from: sequence + 1, to: state.first - 1 }
      }
      const moves = stream.messages
        .slice(sequence, sequence + 2)
        .map((one, i) => moveOf(sequence + 1 + i, one, damaged.has(one)))
      if (moves.length === 0) return undefined
      position = { created, sequence: sequence + moves.length }
      return { kind: 'moves', moves }
    }
    return {
      partition,
      next: async () => {
        for (;;) {
          const reading = await step('read', lookOnce)
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

  return {
    streams,
    get table() {
      return table
    },
    look: () => ({
      streams: new Map(streams.map((stream, i) => [i, stateOf(stream)])),
      fed: { table: table.id, hub: 'h', version: table.version, fingerprint: undefined },
    }),
    read,
    decoding: {
      columns: createColumnWatch({ current: () => ({ measures: [] }), refresh: async () => undefined, now: () => 0 }),
      decode: decodeMove,
      decodeCarefully: async (payload, contentType) => {
        const decoded = await step('decode', () => decodeMove(payload, contentType))
        return decoded
      },
      broken: () => undefined,
      enter: (partition) =>
        step('enter', () => ({
          isCareful: partition === 0,
          passed: () => undefined,
          leave: async () => undefined,
        })),
    },
    publish: (partition, isDamaged = false) => {
      const stream = streams[partition]
      stream.messages = [...stream.messages, ++stored]
      if (isDamaged) damaged.add(stored)
      change(stream)
    },
    commit: (partition, count) => {
      const from = committedOf(partition)
      const messages = streams[partition].messages.slice(from, from + count)
      if (messages.length === 0) return
      table = {
        ...table,
        version: table.version + 1,
        txns: new Map(table.txns).set(appIdOf(partition), from + messages.length),
        txnTimes: new Map(table.txnTimes).set(appIdOf(partition), messages.at(-1)!),
        messages: [...table.messages, ...messages],
      }
    },
    purge: (partition) => {
      const stream = streams[partition]
      stream.first = Math.max(stream.first, committedOf(partition))
      change(stream)
    },
    recreate: (partition) => {
      Object.assign(streams[partition], { created: `c${++creations}`, first: 1, messages: [] })
      change(streams[partition])
    },
    expected: () => [
      ...new Set([...table.messages, ...streams.flatMap(({ messages, first }) => messages.slice(first - 1))]),
    ],
  }
}
