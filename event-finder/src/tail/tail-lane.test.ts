import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { CONTENT_TYPES, decodeMove } from '@fleetlake/contracts'
import { encodePositions, positionsOfRows, textAt } from '@fleetlake/columnar'
import type { Origin, PartitionReader, Reading, StoredMove } from '@fleetlake/hub'
import {
  Dictionary,
  Float32,
  Int16,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import { createTailLane, type TailLane } from './tail-lane.ts'
import { createTailMemory, type TailMemory } from './tail-memory.ts'

const caseOf = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../shared/columnar/src/testing/cases/${name}.arrow`, import.meta.url))

const rowOf = (vehicleId: string): Uint8Array =>
  encodePositions(
    positionsOfRows([{ vehicleId, vehicleType: 'bus', eventTime: 0, longitude: 1, latitude: 2, speed: 1, heading: 1 }]),
  )

const moveOf = (sequence: number, data: Uint8Array): StoredMove => ({
  sequence,
  timestampMs: sequence,
  subject: '',
  header: (name) => (name === 'content-type' ? CONTENT_TYPES.arrow : undefined),
  data,
})

/** A lane over messages that all come in one reading; `change` is told each time it has come on. */
const laneOver = (messages: readonly Uint8Array[], memory: TailMemory): { lane: TailLane; change(): Promise<void> } => {
  const readings: Reading[] = [{ kind: 'moves', moves: messages.map((data, i) => moveOf(i + 1, data)) }]
  let wake = (): void => undefined
  const lane = createTailLane(
    { appId: 'MOVES_0@c#0', from: { sequence: 0 }, committed: { sequence: 0 } } as unknown as Origin,
    {
      read: (_, onState) => {
        queueMicrotask(() => onState({ state: 'reading' }))
        return {
          next: () => Promise.resolve(readings.shift()).then((reading) => reading ?? new Promise(() => undefined)),
          info: () => undefined,
          close: () => Promise.resolve(),
        } as unknown as PartitionReader
      },
      decode: decodeMove,
      columns: { current: { measures: [] }, meet: () => undefined },
      decodeCarefully: () => Promise.reject(new Error('no reader has ended here')),
      enter: async () => ({ isCareful: false, passed: () => undefined, leave: async () => undefined }),
      memory,
      futureToleranceMs: 0,
      onChange: () => wake(),
    },
  )
  return { lane, change: () => new Promise((resolve) => (wake = resolve)) }
}

test('messages made to hang or to fill the memory of their reader hold no rows, and those after them are read', async () => {
  const attacks = ['poison-1', 'poison-2', 'bomb'].map(caseOf)
  const { lane, change } = laneOver([rowOf('before'), ...attacks, rowOf('after')], createTailMemory(1e9))
  while (lane.to < 5) await change()
  const rows = lane.hold(0, 5).flatMap(({ block, after, through }) => {
    const taken = block.take(after, through)!.rows
    return Array.from(taken.vehicle, (id) => textAt(taken.vehicleIds, id))
  })
  expect(rows).toEqual(['before', 'after'])
  lane.end()
})

/** 2,400 rows in 40 kB whose ids, one text of 250 bytes, take 600 kB once they are unpacked. */
const bomb = (): Uint8Array => {
  const same = <Value>(value: Value): Value[] => Array.from({ length: 2_400 }, () => value)
  const numbers = () => vectorFromArray(same(1), new Float32())
  const texts = (text: string) => vectorFromArray(same(text), new Dictionary(new Utf8(), new Int16()))
  const columns = {
    vehicle_id: texts('v'.repeat(250)),
    vehicle_type: texts('bus'),
    event_time: vectorFromArray(same(0), new TimestampMillisecond()),
    longitude: numbers(),
    latitude: numbers(),
  }
  return tableToIPC(new Table(columns), 'stream')
}

test('what messages unpack to keeps to the memory of the tail, but for a block, though all are read at once', async () => {
  const MOST = 8 * 1024 * 1024
  /** A block of 8,192 rows with ids of 255 bytes, twice as large as it must be. */
  const REST = 2 * 8_192 * (255 + 44)
  const message = bomb()
  const [count, memory] = [100, createTailMemory(MOST)]
  expect(count * 2_400 * 250).toBeGreaterThan(5 * MOST)
  const { lane, change } = laneOver(
    Array.from({ length: count }, () => message),
    memory,
  )
  let pauses = 0
  while (lane.to < count) {
    while (lane.to < count && !lane.isPaused()) await change()
    expect(memory.bytes()).toBeLessThan(MOST + REST)
    expect(memory.bytes()).toBeGreaterThan(0)
    if (lane.to < count) pauses++
    // The table has come to hold all of it.
    lane.trim(lane.to)
    while (lane.isPaused() && !memory.isFull()) await turn()
  }
  expect(pauses).toBeGreaterThan(3)
  lane.end()
  expect(memory.bytes()).toBe(0)
})
