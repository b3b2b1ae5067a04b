import fc from 'fast-check'
import { expect, test } from 'vitest'
import { missingOf } from './missing-of.ts'

const at = { partition: 3, after: 0, through: 100, foundAt: 0 }

test('what is missing from a stream is told in one sentence a kind', () => {
  const tell = (gaps: readonly [from: number, to: number, isDamaged?: boolean][], short?: string) =>
    missingOf({
      ...at,
      short,
      gaps: gaps.map(([from, to, isDamaged = false]) => ({ from, to, isDamaged, foundAt: 0 })),
    })
  const told = (reason: string) => [{ path: 'MOVES_3', reason }]
  expect(tell([])).toEqual([])
  expect(tell([[101, 200]])).toEqual([])
  expect(tell([[5, 5, true]])).toEqual(told('the bytes of message 5 are not those that were published'))
  expect(tell([[98, 200, true]])).toEqual(told('the bytes of the messages 98 to 100 are not those that were published'))
  const gaps: [number, number, boolean?][] = [
    [1, 4],
    [6, 6, true],
    [8, 9, true],
    [11, 11],
  ]
  expect(tell(gaps, 'the rest is late')).toEqual(
    told(
      'the rest is late; 5 of the messages 1 to 11 are missing from it and were not archived; the bytes of 3 of the messages 6 to 9 are not those that were published',
    ),
  )
})

test('whatever is missing and damaged, one thing is told, no longer than a few lines, with the numbers of both', () => {
  const stretch = fc.record({
    length: fc.integer({ min: 1, max: 9 }),
    kind: fc.constantFrom('whole', 'lost', 'damaged'),
  })
  const stretches = fc.array(stretch, { maxLength: 200 })
  fc.assert(
    fc.property(stretches, fc.nat(300), fc.nat(900), (parts, after, length) => {
      const kinds = parts.flatMap((part) => Array.from({ length: part.length }, () => part.kind))
      const gaps = kinds.flatMap((kind, i) =>
        kind === 'whole' ? [] : [{ from: i + 1, to: i + 1, foundAt: 0, isDamaged: kind === 'damaged' }],
      )
      const through = after + length
      const found = missingOf({ partition: 0, after, through, gaps })
      const wanted = kinds.slice(after, through)
      const [lost, damaged] = ['lost', 'damaged'].map((kind) => wanted.filter((one) => one === kind).length)
      expect(found.length).toBe(lost + damaged > 0 ? 1 : 0)
      const reason = found[0]?.reason ?? ''
      expect(reason.length).toBeLessThan(250)
      expect([reason.includes('are missing'), reason.includes('the bytes of')]).toEqual([lost > 0, damaged > 0])
    }),
  )
})
