import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankTexts } from './rank-texts.ts'
import { textsOfStrings } from './text-list.ts'

test('texts are ranked by their bytes', () => {
  const someTexts = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u{ffff}', '𝄞'), maxLength: 4 }))
  fc.assert(
    fc.property(someTexts, (texts) => {
      const ranks = rankTexts(textsOfStrings(texts))
      const sorted = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(texts.map((_, number) => sorted[ranks[number]])).toEqual(texts)
    }),
  )
})
