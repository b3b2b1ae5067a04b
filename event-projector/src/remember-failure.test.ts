import { expect, test } from 'vitest'
import { rememberFailure } from './remember-failure.ts'

test('a projection that failed rests, is known to have failed until a step of it has not, and rests again when the next one fails', () => {
  const failure = rememberFailure(10)
  const told = (nowMs: number) => [failure.fault(), failure.isResting(nowMs)]
  expect(told(5)).toEqual([undefined, false])
  failure.begin('no store', 5)
  expect(told(14)).toEqual(['no store', true])
  expect(told(15)).toEqual(['no store', false])
  failure.begin('no file', 15)
  expect(told(15)).toEqual(['no file', true])
  failure.end()
  expect(told(16)).toEqual([undefined, false])
})
