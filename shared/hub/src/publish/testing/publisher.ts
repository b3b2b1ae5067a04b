import { onTestFinished } from 'vitest'
import type { Hub } from '../../connection/hub.ts'
import type { MovePublisher, MovePublisherOptions } from '../move-publisher.ts'
import { createMovePublisher } from '../publish-moves.ts'
import { readThrough } from '../../read/read-through.ts'

const KIB = 1024

export const publisherOf = (hub: Hub, options: Partial<MovePublisherOptions> = {}): MovePublisher => {
  const publisher = createMovePublisher(hub, {
    run: 'r',
    agent: 'a',
    partitions: [0, 1],
    queueBytes: 1024 * KIB,
    duplicateWindowMs: 120_000,
    ...options,
  })
  onTestFinished(() => publisher.close())
  return publisher
}

/** The ids of what a stream stores, in order. */
export const idsIn = async (hub: Hub, partition: number): Promise<string[]> => {
  const stream = `MOVES_${partition}`
  const { last } = await hub.streams.info(stream)
  const stored = await Array.fromAsync(readThrough(hub, { stream, last, askBytes: 1024 * KIB }))
  return stored.map(({ header }) => header('ce-id')!)
}

export const idsOf = (partition: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `r/a/${partition}/${i + 1}`)
