import { expect, test } from 'vitest'
import { createTextCache } from './text-cache.ts'

const utf8 = new TextEncoder()

test('each text is looked at once as long as they are few, and stands for itself however many there are', () => {
  let looks = 0
  const cache = createTextCache((text) => {
    looks++
    return `<${text}>`
  })
  const of = (text: string): string => {
    const bytes = utf8.encode(`1${text}2`)
    return cache.of(bytes, 1, bytes.length - 1)
  }
  for (let round = 0; round < 3; round++) expect(['', 'a', 'é', 'a'].map(of)).toEqual(['<>', '<a>', '<é>', '<a>'])
  expect(looks).toBe(3)
  for (let round = 0; round < 2; round++) for (let i = 0; i < 10_000; i++) expect(of(`text ${i}`)).toBe(`<text ${i}>`)
  expect(of('x'.repeat(2_000_000)).length).toBe(2_000_002)
  expect(of('a')).toBe('<a>')
})
