import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIdDictionary } from './id-dictionary.ts'

const utf8 = new TextEncoder()

test('each id has one number, dense in the order of their first coming', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 3 })), (ids) => {
      const dictionary = createIdDictionary()
      const numbers = ids.map((id) => {
        const bytes = utf8.encode(`<${id}>`)
        return dictionary.numberOf(bytes, 1, bytes.length - 1)
      })
      const distinct = [...new Set(ids)]
      expect(numbers).toEqual(ids.map((id) => distinct.indexOf(id)))
      expect([dictionary.size, dictionary.ids()]).toEqual([distinct.length, distinct])
    }),
  )
})

test('it grows, and finds each of many ids again', () => {
  const dictionary = createIdDictionary()
  const ids = Array.from({ length: 50_000 }, (_, i) => utf8.encode(`vehicle-${String(i).padStart(7, '0')}`))
  ids.forEach((id) => dictionary.numberOf(id, 0, id.length))
  expect(ids.every((id, i) => dictionary.numberOf(id, 0, id.length) === i)).toBe(true)
  expect(dictionary.size).toBe(50_000)
  expect(dictionary.bytes()).toBeGreaterThan(50_000 * 15)
})

test('an id may begin with a byte order mark', () => {
  const dictionary = createIdDictionary()
  const bytes = utf8.encode('\uFEFFbus')
  dictionary.numberOf(bytes, 0, bytes.length)
  expect(dictionary.ids()).toEqual(['\uFEFFbus'])
})
