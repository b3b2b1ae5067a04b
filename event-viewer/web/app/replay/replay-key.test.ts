import { expect, test } from 'vitest'
import { type KeyPress, replayAction } from './replay-key.ts'

const press = (key: string, some: Partial<KeyPress> = {}): ReturnType<typeof replayAction> =>
  replayAction({ key, isShift: false, isModified: false, target: 'page', ...some })

test('each key does what is told of it', () => {
  expect(press(' ')).toEqual({ do: 'toggle' })
  expect(press('k')).toEqual({ do: 'toggle' })
  expect(press('+')).toEqual({ do: 'faster' })
  expect(press('-')).toEqual({ do: 'slower' })
  expect(press(',')).toEqual({ do: 'previous-report' })
  expect(press('.')).toEqual({ do: 'next-report' })
  expect(press('L', { isShift: true })).toEqual({ do: 'loop' })
  expect(press('ArrowLeft')).toEqual({ do: 'skip', steps: -1 })
  expect(press('ArrowRight', { isShift: true })).toEqual({ do: 'skip', steps: 10 })
  expect(press('Home', { target: 'timeline' })).toEqual({ do: 'to-start' })
  expect(press('End')).toEqual({ do: 'to-end' })
  expect(press('x')).toBeUndefined()
})

test('text that is written, and keys of the browser, are left alone', () => {
  for (const key of [' ', 'k', '+', 'ArrowLeft', 'Home', '.']) {
    expect([press(key, { target: 'text' }), press(key, { isModified: true })]).toEqual([undefined, undefined])
  }
})

test('Space presses the button that has the focus', () => {
  expect([press(' ', { target: 'control' }), press('k', { target: 'control' })]).toEqual([undefined, { do: 'toggle' }])
})

test('the map keeps its arrows and its zoom', () => {
  expect(['ArrowLeft', '+', '-', 'Home'].map((key) => press(key, { target: 'map' }))).toEqual(Array(4).fill(undefined))
  expect(press(' ', { target: 'map' })).toEqual({ do: 'toggle' })
})
