import type { Streams } from '@fleetlake/broker'
import { subjects } from '@fleetlake/contracts'
import { onTestFinished } from 'vitest'
import type { Hub } from '../../connection/hub.ts'
import { readPartition } from '../read-partition.ts'
import type { PartitionReader, Reading, ReadOptions } from '../reading.ts'
import type { Offset } from '../stream-verdict.ts'

/** A stream of moves to read. */
export interface Stage {
  readonly hub: Hub
  readonly streams: Streams
  /** Stores messages whose data is their number. */
  store(count: number, bytes?: number): Promise<void>
  read(from: Offset, options?: Partial<ReadOptions>): PartitionReader
}

export const stageOn = (hub: Hub): Stage => {
  const { streams } = hub
  return {
    hub,
    streams,
    store: async (count, bytes = 4) => {
      for (let i = 0; i < count; i += 50) {
        const part = Array.from({ length: Math.min(50, count - i) }, () =>
          streams.append(subjects.move(0), new Uint8Array(bytes), { timeoutMs: 5_000 }),
        )
        await Promise.all(part)
      }
    },
    read: (from, options = {}) => {
      const reader = readPartition(hub, { partition: 0, from, ...options })
      onTestFinished(() => reader.close())
      return reader
    },
  }
}

/** Readings until a sequence has been passed, the sequences of moves joined. */
export const readUntil = async (reader: PartitionReader, last: number): Promise<(Reading | number[])[]> => {
  const readings: (Reading | number[])[] = []
  while (reader.position().sequence < last) {
    const reading = await reader.next()
    if (reading.kind !== 'moves') {
      readings.push(reading)
      if (reading.kind !== 'gap') break
      continue
    }
    const sequences = reading.moves.map(({ sequence }) => sequence)
    const tail = readings.at(-1)
    if (Array.isArray(tail)) tail.push(...sequences)
    else readings.push(sequences)
  }
  return readings
}

export const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
