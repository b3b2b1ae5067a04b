import { expect, test } from 'vitest'
import { parseArchiveQuery } from './archive-query.ts'

test('a period is given in RFC 3339 or in ms, and nothing must be given', () => {
  expect(parseArchiveQuery({})).toEqual({ bins: 120 })
  expect(parseArchiveQuery({ from: '2026-01-05T07:00:00Z', to: '1767600000000', bins: '12' })).toEqual({
    from: Date.UTC(2026, 0, 5, 7),
    to: Date.UTC(2026, 0, 5, 8),
    bins: 12,
  })
  expect(parseArchiveQuery({ to: '2026-01-05T10:00:00+03:00' })).toEqual({ to: Date.UTC(2026, 0, 5, 7), bins: 120 })
})

test('what is wrong is said in a sentence', () => {
  const time = 'must be a time such as 2026-01-05T07:00:00Z, or ms since the epoch'
  expect(parseArchiveQuery({ from: 'yesterday' })).toBe(`from ${time}, and is "yesterday"`)
  expect(parseArchiveQuery({ from: '' })).toBe(`from ${time}, and is ""`)
  expect(parseArchiveQuery({ to: '9000000000000000' })).toBe(
    'to must be a time that a date can have, and is "9000000000000000"',
  )
  expect(parseArchiveQuery({ from: '5', to: '5' })).toBe('from must be before to')
  for (const bins of ['0', '2001', '-1', '1.5', 'many', '']) {
    expect(parseArchiveQuery({ bins })).toBe(`bins must be a whole number from 1 to 2000, and is "${bins}"`)
  }
  expect(parseArchiveQuery({ form: '5' })).toMatch(/form/)
})
