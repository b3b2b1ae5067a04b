import { expect, test } from 'vitest'
import { startMemoryFixture } from '../testing/memory-hub.ts'
import { flushStreams } from './flush.ts'

const positionOf = (partition: number): { partition: number; stream: string; created: string; sequence: number } => ({
  partition,
  stream: `MOVES_${partition}`,
  created: '2026-01-01T00:00:00Z',
  sequence: 5,
})

test('it asks until the table holds all of it, whatever is answered in between', async () => {
  const { connect } = startMemoryFixture()
  const [hub, collector] = [await connect(), await connect()]
  const asked = [0, 0]
  collector.listen('flush', 'commands.flush.*', ({ data, reply }) => {
    const times = ++asked[data.partition]
    if (data.partition === 1 && times === 1) collector.control.publish(reply!, new TextEncoder().encode('malformed'))
    else collector.send('flushed', reply!, { committed: times === 1 ? 4 : 5 })
  })
  await collector.flush()
  const waiting: number[][] = []
  const isHeld = await flushStreams(hub, [positionOf(0), positionOf(1)], {
    signal: new AbortController().signal,
    onWaiting: ({ partitions, unowned }) => {
      waiting.push(partitions)
      expect(unowned).toEqual([])
    },
  })
  expect([isHeld, asked]).toEqual([true, [2, 2]])
  expect([waiting.at(0), waiting.at(-1)]).toEqual([[0, 1], []])
})

test('without a collector it waits until it is aborted, and tells which partitions have no collector', async () => {
  const { connect } = startMemoryFixture()
  const hub = await connect()
  const aborter = new AbortController()
  const told: number[][] = []
  const isHeld = await flushStreams(hub, [positionOf(3)], {
    signal: aborter.signal,
    onWaiting: ({ unowned }) => {
      told.push(unowned)
      if (unowned.length > 0) aborter.abort()
    },
  })
  expect([isHeld, told]).toEqual([false, [[], [3]]])
})
