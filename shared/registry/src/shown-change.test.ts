import { expect, test } from 'vitest'
import type { Change } from './change.ts'
import { showChange } from './shown-change.ts'

const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$Q0EyPrPyDgRGQYFrQ6n3MA'
const SHA = '0a'.repeat(32)

const shown = (kind: string, value: unknown): unknown => {
  const change: Change = { kind, id: 'anna', version: 1, who: 'root', at: 1, value: JSON.stringify(value) }
  return showChange(change).value
}

test('of an account and a token everything is shown but what passwords and tokens could be tried against', () => {
  const account = { role: 'viewer', disabled: false }
  expect(shown('accounts', { ...account, password: HASH })).toEqual(account)
  expect(shown('tokens', { account: 'anna', sha256: SHA })).toEqual({ account: 'anna' })
})

test('where it is not known what must be hidden, nothing is shown', () => {
  const account = { role: 'viewer', disabled: false, password: HASH, recovery: 'of a newer release' }
  expect([shown('accounts', account), shown('devices', { secret: SHA })]).toEqual([undefined, undefined])
})
