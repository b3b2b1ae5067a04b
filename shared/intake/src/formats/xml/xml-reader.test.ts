import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { rootOf } from './sniff-root.ts'
import { createXmlReader } from './xml-reader.ts'

const read = (text: string | Uint8Array, chunk = 1024 * 1024): string[] => {
  const heard: string[] = []
  const reader = createXmlReader(
    { open: (name) => heard.push(`<${name}`), close: (_, own) => heard.push(`${own}>`) },
    'a.xml',
  )
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk))
  reader.end()
  return heard
}

test('texts, entities and CDATA are heard; unknown entities stay as they are written', () => {
  expect(read('<a>1<b>&lt;x&#233;<![CDATA[&amp;<y>]]>&unknown;&#0;</b>2</a>')).toEqual([
    '<a',
    '<b',
    '<xé&amp;<y>&unknown;&#0;>',
    '>',
  ])
})

test('what a document type declares is not expanded', () => {
  const text = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]><a>&c;&f;</a>'
  expect(read(text)).toEqual(['<a', '&c;&f;>'])
})

test('the encoding that is declared or begun with is taken', () => {
  expect(read(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', 'latin1'))).toEqual(['<a', 'é>'])
  expect(read(Buffer.from('\uFEFF<a>é</a>', 'utf16le'), 1)).toEqual(['<a', 'é>'])
  expect(() => read('<?xml version="1.0" encoding="x-none"?><a/>')).toThrow(
    fault('import.invalid', 'a.xml: its encoding "x-none" is not known: convert it to UTF-8'),
  )
})

test('what is not well-formed is told with its line', () => {
  expect(() => read('<a>\n<b>Tom & Jerry</b>; </a>')).toThrow(
    /^a\.xml, line 2, column 19: this is not well-formed XML: .*&amp;/,
  )
  expect(() => read('<a><b></a>')).toThrow(/unexpected close tag/)
  expect(() => read('<a>')).toThrow(/unclosed tag: a/)
  expect(() => read('')).toThrow(/root element/)
})

test.each([
  ['depth', '<a>'.repeat(100_000), /more than 256 deep/],
  ['a text', `<a>${'x'.repeat(3_000_000)}</a>`, /more than 1048576 characters/],
  ['a text in parts', `<a>${'x'.repeat(1000).concat('<!-- -->').repeat(3000)}</a>`, /more than 1048576 characters/],
  ['an attribute', `<a b="${'x'.repeat(3_000_000)}"/>`, /more than 1048576 characters/],
  ['a tag', `<a ${Array.from({ length: 300_000 }, (_, i) => `b${i}=""`).join(' ')}/>`, /more than 1048576 characters/],
  ['a comment', `<a><!--${'x'.repeat(3_000_000)}--></a>`, /more than 1048576 characters/],
  ['an entity', `<a>&${'x'.repeat(3_000_000)};</a>`, /more than 1048576 characters/],
])('%s without an end is refused', (_, text, message) => {
  expect(() => read(text, 10_000)).toThrow(message)
})

test('the root is found behind what stands before it', () => {
  expect(
    rootOf(Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- > <a> --><!DOCTYPE x [<!ENTITY a "b">]> <ns:gpx a="b">')),
  ).toBe('gpx')
  expect(rootOf(Buffer.from(`<!-- ${'<!-- -->'.repeat(8000)}`))).toBeUndefined()
  expect(rootOf(Buffer.from('{"a":1}'))).toBeUndefined()
})
