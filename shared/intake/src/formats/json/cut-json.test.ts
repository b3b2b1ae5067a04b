import { fault } from '@fleetlake/core/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonCutter, type Decide } from './cut-json.ts'

interface Found {
  readonly path: string
  readonly text: string
  readonly fault?: string
}

const cut = (text: string, decide: Decide, { chunkBytes = 7, maxBytes = 1_000_000 } = {}): Found[] => {
  const found: Found[] = []
  const cutter = createJsonCutter({
    decide,
    maxBytes,
    onRecord: ({ path, bytes, fault: said }) =>
      found.push({ path, text: new TextDecoder().decode(bytes), ...(said === undefined ? {} : { fault: said }) }),
  })
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += chunkBytes) cutter.write(bytes.slice(at, at + chunkBytes))
  cutter.end()
  return found
}

const atRoot: Decide = (_, kind) => (kind === 'array' ? 'elements' : 'record')

/** Values with texts that look like JSON. */
const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).map((each) => [each, '"', '\\', '{[', ']}', ','])
const chunkBytes = fc.integer({ min: 1, max: 40 })
const indent = fc.constantFrom(undefined, 1, '\t')

test('the elements of a list are cut where they end, whatever chunks they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(value, fc.jsonValue())), chunkBytes, indent, (values, size, space) => {
      const found = cut(JSON.stringify(values, undefined, space), atRoot, { chunkBytes: size })
      expect(found.map(({ text }) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(values)))
    }),
  )
})

test('values at a path are found among others', () => {
  const decide: Decide = (path, kind) => {
    if (path === 'a.b') return kind === 'array' ? 'elements' : 'record'
    return path === '' || path === 'a' ? 'enter' : 'pass'
  }
  fc.assert(
    fc.property(value, fc.array(value), value, chunkBytes, indent, (before, list, after, size, space) => {
      const document = { x: before, '"a"': { b: [before] }, a: { y: before, b: list, 'b ': after }, z: { b: [after] } }
      const found = cut(JSON.stringify(document, undefined, space), decide, { chunkBytes: size })
      expect(found.map(({ path, text }) => [path, JSON.parse(text) as unknown])).toEqual(
        list.map((each) => ['a.b', JSON.parse(JSON.stringify(each)) as unknown]),
      )
    }),
  )
})

test('texts after each other are cut, with or without separators', () => {
  expect(cut('\uFEFF{"a":1}{"b":[2]}\n\u001E{"c":3}\n"d" 5\n', () => 'record').map(({ text }) => text)).toEqual([
    '{"a":1}',
    '{"b":[2]}',
    '{"c":3}',
    '"d"',
    '5',
  ])
  expect(cut('5', () => 'record')).toEqual([{ path: '', text: '5' }])
})

test('a name is read with its escapes', () => {
  const decide: Decide = (path) => (path === '' ? 'enter' : 'record')
  expect(cut('{"a\\"\\u00e9":1}', decide)).toEqual([{ path: 'a"é', text: '1' }])
})

test('what is too long or too deep is told, and what follows is read', () => {
  const deep = '['.repeat(65) + ']'.repeat(65)
  expect(cut(`["0123456789",1,${deep},2]`, atRoot, { maxBytes: 10 })).toEqual([
    { path: '', text: '"012345678', fault: 'record-too-long' },
    { path: '', text: '1' },
    { path: '', text: '[[[[[[[[[[', fault: 'record-too-long' },
    { path: '', text: '2' },
  ])
  expect(cut(`[${deep},2]`, atRoot).map(({ fault: said }) => said)).toEqual(['too-deep', undefined])
})

test.each([
  ['[1 2]', 'byte 4 should be "," or the end of the list or object'],
  ['[1,]', 'byte 4 should be a value'],
  ['[,1]', 'byte 2 should be a value or "]"'],
  ['[1}', 'byte 3 should be "," or the end of the list or object'],
  ['[1', 'the file breaks off at byte 2'],
  ['["a', 'the file breaks off at byte 3'],
  ['[1]]', 'byte 4 should be a JSON text'],
])('%s is refused: %s', (text, message) => {
  expect(() => cut(text, atRoot)).toThrow(fault('import.invalid', message) as Error)
})

test.each([
  ['{"a" 1}', 'byte 6 should be ":"'],
  ['{"a":1,}', "byte 8 should be a member's name"],
  ['{a:1}', `byte 2 should be a member's name or "}"`],
  ['{"a":1]', 'byte 7 should be "," or the end of the list or object'],
])('%s is refused: %s', (text, message) => {
  expect(() => cut(text, (path) => (path === '' ? 'enter' : 'pass'))).toThrow(fault('import.invalid', message) as Error)
})
