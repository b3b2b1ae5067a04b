import { expect, test } from 'vitest'
import { createGroupSize } from './group-size.ts'

test('what did not fit is not tried again, and what takes little is tried with twice as many', () => {
  const size = createGroupSize(64)
  const sizes: number[] = []
  const endStep = (memory: number): void => {
    size.endStep(memory)
    sizes.push(size.buckets)
  }
  size.didNotFit(64)
  size.didNotFit(32)
  size.took(10)
  endStep(1_000)
  size.took(260)
  endStep(1_000)
  size.took(10)
  size.took(250)
  endStep(1_000)
  // Nothing was folded.
  endStep(1_000)
  size.didNotFit(5)
  size.didNotFit(2)
  endStep(0)
  for (let step = 0; step < 8; step++) {
    size.took(1)
    endStep(1_000)
  }
  expect(sizes).toEqual([16, 16, 32, 32, 1, 2, 4, 8, 16, 32, 64, 64, 64])
})
