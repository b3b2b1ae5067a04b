import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIdTable } from './id-table.ts'
import { textsToStrings } from './text-list.ts'

const utf8 = new TextEncoder()

/** Texts side by side, as they are in a message. */
const packed = (texts: readonly string[]): { bytes: Uint8Array; offsets: number[] } => {
  const parts = texts.map((text) => utf8.encode(text))
  const offsets = [0]
  for (const { length } of parts) offsets.push(offsets.at(-1)! + length)
  return { bytes: Uint8Array.from(parts.flatMap((part) => [...part])), offsets }
}

test('texts are numbered in the order of their first coming, and are found again', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 2_000 }), (given) => {
      const texts = given.filter((text) => text.isWellFormed())
      const table = createIdTable()
      const { bytes, offsets } = packed(texts)
      const numbers = texts.map((_, i) => table.numberOf(bytes, offsets[i], offsets[i + 1]))
      const distinct = [...new Set(texts)]
      expect(numbers).toEqual(texts.map((text) => distinct.indexOf(text)))
      expect([table.size, table.limit, textsToStrings(table.texts())]).toEqual([
        distinct.length,
        distinct.length,
        distinct,
      ])
      expect(texts.map((_, i) => table.find(bytes, offsets[i], offsets[i + 1]))).toEqual(numbers)
      expect(table.textBytes).toBe(distinct.reduce((sum, text) => sum + utf8.encode(text).length, 0))
    }),
    { numRuns: 60 },
  )
})

test('what is removed is not found, its number is given again, and the others stay', () => {
  const step = fc.record({ isRemoval: fc.boolean(), id: fc.nat(300) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3_000 }), (steps) => {
      const table = createIdTable()
      const model = new Map<string, number>()
      for (const { isRemoval, id } of steps) {
        const bytes = utf8.encode(`vehicle-${id}`)
        const known = model.get(`${id}`)
        expect(table.find(bytes, 0, bytes.length)).toBe(known ?? -1)
        if (!isRemoval) {
          const number = table.numberOf(bytes, 0, bytes.length)
          if (known === undefined) expect([...model.values()]).not.toContain(number)
          else expect(number).toBe(known)
          model.set(`${id}`, number)
        } else if (known !== undefined) {
          table.remove(known)
          model.delete(`${id}`)
          expect(table.has(known)).toBe(false)
        }
      }
      expect(table.size).toBe(model.size)
      for (const [id, number] of model) expect([table.has(number), table.text(number)]).toEqual([true, `vehicle-${id}`])
    }),
    { numRuns: 60 },
  )
})

test('ids that differ by a byte order mark alone are two ids', () => {
  const table = createIdTable()
  const { bytes } = packed(['\uFEFFaa'])
  expect([table.numberOf(bytes, 0, 4), table.numberOf(bytes, 4, 5)]).toEqual([0, 1])
  expect([table.text(0), table.text(1)]).toEqual(['\uFEFFa', 'a'])
})

test('the ids of a hundred thousand stay through removals and their return', () => {
  const table = createIdTable()
  const bytesOf = (n: number): Uint8Array => utf8.encode(`vehicle-${n}`)
  const add = (n: number): number => table.numberOf(bytesOf(n), 0, bytesOf(n).length)
  const numbers = Array.from({ length: 100_000 }, (_, n) => add(n))
  numbers.forEach((number, n) => n % 4 !== 0 && table.remove(number))
  for (let n = 0; n < 100_000; n++) if (n % 4 !== 0) numbers[n] = add(n)
  expect(table.limit).toBe(100_000)
  expect(numbers.every((number, n) => table.find(bytesOf(n), 0, bytesOf(n).length) === number)).toBe(true)
  expect(numbers.every((number, n) => table.text(number) === `vehicle-${n}`)).toBe(true)
  expect(() => table.texts()).toThrow('removed')
})
