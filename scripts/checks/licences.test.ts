import { expect, test } from 'vitest'
import { isAllowed, licenceFaults, listLicences } from './licences.ts'

const packageOf = (name: string, license: string): Parameters<typeof licenceFaults>[0][number] => ({
  name,
  license,
  versions: ['1.0.0'],
})

test.for([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['GPL-2.0 OR AGPL-3.0', false],
  ['MIT AND BSD-3-Clause', true],
  ['MIT AND GPL-3.0-only', false],
  ['(MIT AND GPL-3.0-only) OR GPL-2.0', false],
  ['AGPL-3.0', false],
  ['Unknown', false],
  ['SEE LICENSE IN LICENSE', false],
  ['', false],
] as const)('%s is allowed: %s', ([expression, allowed]) => {
  expect(isAllowed(expression)).toBe(allowed)
})

test('a licence that is not allowed is named with its package, and one that was read counts as it was read', () => {
  const packages = [packageOf('a', 'MIT'), packageOf('b', 'AGPL-3.0'), packageOf('vaul-vue', 'Unknown')]
  expect(licenceFaults(packages)).toEqual([expect.stringMatching(/^b 1\.0\.0 is under 'AGPL-3\.0', which is not/)])
  expect(licenceFaults([packageOf('vaul-vue', 'SSPL-1.0')])).toHaveLength(1)
  expect(listLicences(packages)).toEqual(['MIT: a 1.0.0; vaul-vue 1.0.0', 'AGPL-3.0: b 1.0.0'])
})
