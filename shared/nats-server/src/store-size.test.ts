import { expect, test } from 'vitest'
import { sizeStore } from './store-size.ts'

const gibibyte = 1024 ** 3

test('a large disk grants every partition what was wished', () => {
  expect(sizeStore({ availableBytes: 100 * gibibyte, partitions: 8, partitionMaxBytes: 2 * gibibyte })).toEqual({
    maxFileBytes: 18 * gibibyte,
    partitionMaxBytes: 2 * gibibyte,
  })
})

test('a small disk gives half of itself to the partitions and says so', () => {
  expect(sizeStore({ availableBytes: 8 * gibibyte, partitions: 8, partitionMaxBytes: 2 * gibibyte })).toEqual({
    maxFileBytes: 18 * gibibyte,
    partitionMaxBytes: gibibyte / 2,
    warning:
      'the disk has 8192 MiB for the hub, too little for 8 partitions of 2048 MiB: ' +
      'each partition holds 512 MiB at most, so generators wait sooner for the collectors',
  })
})

test('a full disk still leaves a partition room for some messages', () => {
  expect(sizeStore({ availableBytes: 0, partitions: 8, partitionMaxBytes: 2 * gibibyte })).toMatchObject({
    partitionMaxBytes: 16 * 1024 ** 2,
  })
})
