import { expect, test } from 'vitest'
import { placesOverlap } from './places-overlap.ts'

type Place = Parameters<typeof placesOverlap>[0]

const S3: Place['s3'] = { endpoint: 'https://one.example.com' }
const AZURE: Place['azure'] = { account: 'one' }
const at = (path: string, { s3 = {}, azure = {} }: Partial<Omit<Place, 'path'>> = {}): Place => ({ path, s3, azure })

test.each<readonly [Place, Place, boolean]>([
  [at('/data'), at('/data/'), true],
  [at('/data'), at('/data/backups'), true],
  [at('/data'), at('/data-2'), false],
  [at('data'), at('./data/../data'), true],
  [at('/'), at('/data'), true],
  [at('/data'), at('s3://b/data'), false],
  [at('s3://b/data'), at('s3a://b/data/x'), true],
  [at('s3://b'), at('s3://b/x'), true],
  [at('s3://b/data'), at('s3://c/data'), false],
  [at('s3://b/data'), at('s3://b/data', { s3: S3 }), false],
  [at('s3://b/data', { s3: S3 }), at('s3://b/data', { s3: { endpoint: 'https://ONE.example.com:443/' } }), true],
  [at('s3://b/data', { s3: S3 }), at('s3://b/data', { s3: { endpoint: 'https://two.example.com' } }), false],
  [at('azure://c/data', { azure: AZURE }), at('azure://c/data', { azure: { account: 'two' } }), false],
  [at('azure://c/data', { azure: AZURE }), at('abfss://c@one.dfs.core.windows.net/data/x'), true],
  [at('azure://c/data', { azure: AZURE }), at('abfss://c@two.dfs.core.windows.net/data'), false],
  [
    at('azure://c/data', { azure: AZURE }),
    at('azure://c/data', { azure: { connectionString: 'AccountName=one;AccountKey=k' } }),
    true,
  ],
])('%j and %j: one lies in the other: %s', (one, other, expected) => {
  expect(placesOverlap(one, other)).toBe(expected)
  expect(placesOverlap(other, one)).toBe(expected)
})
