import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPatternBytes } from './pattern-bytes.ts'
import { createTimeReader } from './read-time.ts'

const PATTERNS = [
  'DD/MM/YYYY HH:mm:ss',
  'MM-DD-YYYY HH:mm',
  'YYYY.MM.DD',
  'YYYYMMDD HHmmss',
  'YYYYMMDDHHmmss',
  'HH:mm:ss DD.MM.YYYY',
  'YYYY-MM-DD[T]HH:mm:ss',
  'D/M/YYYY H:mm',
] as const

/** Digits of a part, also of none such. */
const digits = (most: number, width: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(most), fc.constantFrom(width, width, width, width, width, 1))
    .map(([value, least]) => String(value).padStart(least, '0'))

const parts = fc.record({
  YYYY: fc.constantFrom('2026', '2024', '1970', '0001', '99'),
  MM: digits(13, 2),
  DD: digits(32, 2),
  HH: digits(24, 2),
  mm: digits(60, 2),
  ss: digits(60, 2),
  fraction: fc.constantFrom('', '', '', '', '', '', '.5', ',25', '.123456', '.', '.1234567890123'),
  behind: fc.constantFrom(...Array.from({ length: 12 }, () => ''), ' ', 'x', 'Z'),
})

const written = (pattern: string, of: Readonly<Record<string, string>>): string =>
  pattern
    .replaceAll(/\[(.)\]/g, '$1')
    .replaceAll(/YYYY|MM|DD|HH|mm|ss|[DMH]/g, (token) => of[token.length === 1 ? token + token : token]) +
  of['fraction'] +
  of['behind']

const utf8 = new TextEncoder()

test.each(PATTERNS)('%s: what is read of bytes is what is read of the text', (pattern) => {
  const read = createPatternBytes(pattern)!
  const reader = createTimeReader({ kind: 'pattern', pattern, zone: 'UTC' })
  let count = 0
  fc.assert(
    fc.property(parts, (of) => {
      const text = written(pattern, of)
      const bytes = utf8.encode(`7${text}8`)
      const found = read(bytes, 1, bytes.length - 1)
      if (Number.isNaN(found)) return
      count++
      expect([text, found]).toEqual([text, reader.read(text)])
    }),
    { numRuns: 1_000 },
  )
  expect(count).toBeGreaterThan(100)
})

test.each(['DD MMM YYYY', 'DD/MM/YYYY hh:mm A', 'YYYY-MM-DD HH:mm:ssZ', 'YY-MM-DD'])(
  '%s is not read of bytes',
  (pattern) => {
    expect(createPatternBytes(pattern)).toBeUndefined()
  },
)
