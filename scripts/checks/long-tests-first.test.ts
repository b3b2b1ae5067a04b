import { expect, test } from 'vitest'
import config from '../../vitest.config.ts'
import { spread } from './long-tests-first.ts'

test('lists are spread over each other, each in its own order', () => {
  expect(spread([-1, -2], [1, 2, 3, 4, 5])).toEqual([-1, 1, 2, 3, -2, 4, 5])
  expect(spread([], [1, 2])).toEqual([1, 2])
  expect(spread([1], [])).toEqual([1])
})

test('who has a number of workers of its own has a place in the order of its own, too: vitest refuses to run others side by side', () => {
  const own = config.test!.projects!.map((project) =>
    Object.keys((project as { test: object }).test).filter((key) => key === 'maxWorkers' || key === 'sequence'),
  )
  expect(own).toEqual([[], [], ['maxWorkers', 'sequence']])
})
