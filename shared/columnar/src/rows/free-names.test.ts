import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createFreeNames } from './free-names.ts'

/** Tries one underscore more until none has the name. */
const byTrying = (taken: readonly string[], names: readonly string[]): string[] => {
  const there = new Set(taken)
  return names.map((name) => {
    let free = name
    while (there.has(free)) free += '_'
    there.add(free)
    return free
  })
}

test('a name that is there gets underscores until it is free', () => {
  const name = fc.stringMatching(/^[ab]?_{0,3}$/)
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), fc.array(name, { maxLength: 30 }), (taken, names) => {
      const freeName = createFreeNames(taken)
      expect(names.map(freeName)).toEqual(byTrying(taken, names))
    }),
  )
})

test('of many equal names none is compared with all others', () => {
  const looks = vi.spyOn(Map.prototype, 'has')
  onTestFinished(() => looks.mockRestore())
  const freeName = createFreeNames()
  for (let i = 0; i < 2_000; i++) freeName('a')
  expect(looks.mock.calls.length).toBeLessThan(3 * 2_000)
})
