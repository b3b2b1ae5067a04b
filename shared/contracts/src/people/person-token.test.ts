import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ANYONE, PERSON_TOKEN, personOfToken, personToken } from './person-token.ts'

test('a token can be read', () => {
  expect(['anna', 'anna.b', 'a@b.c', 'a_b', 'openid:Zoë', ANYONE].map(personToken)).toEqual([
    'anna',
    'anna_2eb',
    'a_40b_2ec',
    'a_5fb',
    'openid_3a_5ao_c3_ab',
    'anyone',
  ])
})

test('every name has a token of its own, from which it comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
      const token = personToken(name)
      expect(token).toMatch(PERSON_TOKEN)
      expect(personOfToken(token)).toBe(name)
    }),
  )
})

test.each(['', 'Anna', 'a.b', '*', '>', '_', '_5', '_5F', 'a b', '_c3', '_61', 'a'.repeat(257)])(
  '"%s" is no token of a person',
  (text) => {
    expect(personOfToken(text)).toBeUndefined()
  },
)
