import { expect, test } from 'vitest'
import { filesText, outcomeSentences, refusedText, silenceText } from './import-words.ts'

test('files are told by the first', () => {
  const files = ['a.csv', 'b.csv', 'c.csv'].map((name) => ({ name, bytes: 1 }))
  expect([0, 1, 2, 3].map((count) => filesText(files.slice(0, count)))).toEqual([
    'no files yet',
    'a.csv',
    'a.csv and 1 other',
    'a.csv and 2 others',
  ])
})

test('refused rows are counted, and it is said when not all of them are kept', () => {
  expect([
    refusedText({ refused: 0, refusedKept: 0 }),
    refusedText({ refused: 1, refusedKept: 1 }),
    refusedText({ refused: 2000, refusedKept: 1000 }),
    refusedText({ refused: 2, refusedKept: 1 }),
  ]).toEqual([
    undefined,
    '1 row was refused.',
    '2,000 rows were refused; 1,000 of them are kept.',
    '2 rows were refused; 1 of them is kept.',
  ])
})

test('silence is told in whole seconds', () => {
  const heard = { silentMs: 12_400 } as NonNullable<Parameters<typeof silenceText>[0]['heard']>
  expect([
    silenceText({ key: 'a', name: 'a', state: 'silent', heard }),
    silenceText({ key: 'a', name: 'a', state: 'open' }),
  ]).toEqual(['No word for 12 s: it may have ended without saying so, or be cut off from the hub.', undefined])
})

test('an end is told line by line, and names of files stay as they are', () => {
  const files = [{ name: 'a.csv', bytes: 1 }]
  const text = '1 row imported\n\nrows stay\na.csv: it breaks off\n'
  expect(outcomeSentences({ files, outcome: { status: 'failed', text } })).toEqual([
    '1 row imported.',
    'Rows stay.',
    'a.csv: it breaks off',
  ])
  expect(outcomeSentences({ files })).toEqual([])
})
