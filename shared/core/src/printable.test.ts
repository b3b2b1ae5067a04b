import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableInLine } from './printable.ts'

test('what a terminal obeys is shown as an escape, all else stays', () => {
  expect(printable('\x1b[2J\x1b]0;title\x07\x9b31m\x7f')).toBe(String.raw`\u001b[2J\u001b]0;title\u0007\u009b31m\u007f`)
  expect(printable('a\u202eb\u2066c')).toBe(String.raw`a\u202eb\u2066c`)
  expect(printable('Vehículo 7 🚌 — שלום\tx\r\ny\n')).toBe('Vehículo 7 🚌 — שלום\tx\r\ny\n')
  expect(printable('over\rwritten')).toBe(String.raw`over\u000dwritten`)
  expect(printableInLine('one\ntwo\tthree\r\n')).toBe(String.raw`one\u000atwo\u0009three\u000d\u000a`)
})

test('nothing is left that a terminal would obey, and JSON stays the same JSON', () => {
  // oxlint-disable-next-line no-control-regex
  const obeyed = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printableInLine(text)).not.toMatch(obeyed)
      expect(JSON.parse(printable(JSON.stringify(text)))).toBe(text)
    }),
  )
})
