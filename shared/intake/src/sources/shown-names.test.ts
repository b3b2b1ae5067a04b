import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownNames } from './shown-names.ts'

test.each<readonly [readonly string[], readonly string[]]>([
  [['/data/fleet/log.csv'], ['log.csv']],
  [
    ['/data/a/log.csv', '/data/b/log.csv'],
    ['a/log.csv', 'b/log.csv'],
  ],
  [
    ['/data/a/log.csv', '/data/ab/log.csv', '/data/log.csv'],
    ['a/log.csv', 'ab/log.csv', 'log.csv'],
  ],
  [
    ['/data/log.csv', '/other/log.csv'],
    ['data/log.csv', 'other/log.csv'],
  ],
  [
    ['./a/log.csv', 'b//log.csv', '../log.csv'],
    ['a/log.csv', 'b/log.csv', '../log.csv'],
  ],
  [
    ['log.csv', '/data/log.csv'],
    ['log.csv', '/data/log.csv'],
  ],
  [['-'], ['standard input']],
  [[], []],
])('%j are shown as %j', (paths, names) => {
  expect(shownNames(paths)).toEqual(names)
})

test('paths that differ are shown differently', () => {
  const name = fc.constantFrom('a', 'ab', 'b', 'log.csv')
  const path = fc
    .tuple(fc.constantFrom('', '/'), fc.array(name, { minLength: 1, maxLength: 4 }))
    .map(([root, parts]) => root + parts.join('/'))
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 6 }), (paths) => {
      const names = shownNames(paths)
      expect(new Set(names).size).toBe(paths.length)
      expect(names.every((each, i) => each !== '' && paths[i].endsWith(each))).toBe(true)
    }),
  )
})
