import { expect, test } from 'vitest'
import { createCollectorHealth } from './collector-health.ts'
import type { PartitionStand } from './lag-of.ts'

const stand = (partition: number, isRead: boolean): PartitionStand => ({
  partition,
  committed: isRead ? { sequence: 0 } : undefined,
  lagMs: 0,
})

test('a partition that is not read for a while is a fault, one that has just come is none', () => {
  let stands = [stand(0, true), stand(1, false)]
  let nowMs = 0
  const { fault } = createCollectorHealth({ stands: () => stands, now: () => nowMs })
  expect(fault()).toBeUndefined()
  nowMs = 9_999
  expect(fault()).toBeUndefined()
  nowMs = 10_000
  expect(fault()).toBe('partitions are not read, and the log says why: 1')
  stands = [stand(0, true), stand(1, true), stand(2, false)]
  expect(fault()).toBeUndefined()
  stands = [stand(0, false), stand(1, false)]
  nowMs = 20_000
  expect(fault()).toBeUndefined()
  nowMs = 30_000
  expect(fault()).toBe('partitions are not read, and the log says why: 0, 1')
  stands = []
  expect(fault()).toBeUndefined()
})

test('flushes that fail are a fault until one goes well', () => {
  const { fault, tried } = createCollectorHealth({ stands: () => [], now: () => 0 })
  tried('the store is away')
  expect(fault()).toBe('positions can not be archived: the store is away')
  tried(undefined)
  expect(fault()).toBeUndefined()
})
