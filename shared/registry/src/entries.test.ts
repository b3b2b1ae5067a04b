import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Change, changeOfFlat, flatChange, type RegistryRow } from './change.ts'
import { faultsOf, foldRows, NO_ENTRIES, viewOf } from './entries.ts'

const HASH = '0'.repeat(64)
const tokenText = (account: string): string => JSON.stringify({ account, sha256: HASH })

const change = (some: Partial<Change>): Change => ({
  kind: 'tokens',
  id: 'a',
  version: 1,
  value: tokenText('anna'),
  who: 'root',
  at: 1_000,
  ...some,
})

const anyRow: fc.Arbitrary<RegistryRow> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({
        kind: fc.constantFrom('tokens', 'devices'),
        id: fc.constantFrom('a', 'b'),
        version: fc.integer({ min: 1, max: 4 }),
        value: fc.constantFrom(tokenText('anna'), tokenText('ben'), '{"new":1}', '{', undefined),
        at: fc.nat(1),
      })
      .map(change),
  },
  { weight: 1, arbitrary: fc.constant({ stray: 'a file has a row without kind' }) },
)

const outcome = (rows: readonly RegistryRow[][]): unknown => {
  const entries = rows.reduce(foldRows, NO_ENTRIES)
  return {
    // Which of two with one version was met second decides nothing.
    held: [...entries.kinds]
      .flatMap(([, { newest }]) => [...newest.values()])
      .toSorted((a, b) => (JSON.stringify(a.change) < JSON.stringify(b.change) ? -1 : 1)),
    tokens: [...viewOf(entries).entries('tokens')].toSorted(),
    faults: faultsOf(entries).toSorted(),
  }
}

test('rows come to the same in any order, in any parts, and again', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (rows, numbers) => {
      const next = (): number => numbers.next().value as number
      const shuffled = [...rows, ...rows.filter(() => next() % 3 === 0)]
        .map((row) => ({ row, place: next() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ row }) => row)
      const parts = [...Map.groupBy(shuffled, (_, i) => Math.floor(i / 3)).values()]
      expect(outcome(parts)).toEqual(outcome([rows]))
    }),
  )
})

test('the newest change holds; a removed entry is not there, and its versions go on', () => {
  const entries = foldRows(NO_ENTRIES, [
    change({ version: 2, value: tokenText('ben'), who: 'olga', at: 2_000 }),
    change({}),
    change({ id: 'b' }),
    change({ id: 'b', version: 2, value: undefined }),
  ])
  const view = viewOf(entries)
  expect([...view.entries('tokens').values()]).toEqual([
    { id: 'a', version: 2, value: { account: 'ben', sha256: HASH }, who: 'olga', at: 2_000 },
  ])
  expect(view.find('tokens', 'b')?.change.version).toBe(2)
  expect(faultsOf(entries)).toEqual([])
})

test('what is not known or does not fit is kept, told, and concerns no other', () => {
  const odd: readonly (readonly [Partial<Change>, string])[] = [
    [{ kind: 'zones', id: 'depot' }, 'zones depot is kept and does not count: this release does not know the kind'],
    [{ kind: '__proto__' }, '__proto__ a is kept and does not count: this release does not know the kind'],
    [{ id: 'b', value: '{"account":' }, 'tokens b is kept and does not count: its value is not JSON'],
    [
      { id: 'c', value: tokenText('Anna') },
      'tokens c is kept and does not count: value.account: must be 1 to 64 lower-case',
    ],
    [{ id: 'D' }, 'tokens D is kept and does not count: id: must be 1 to 64 lower-case'],
    [
      { id: 'e', value: JSON.stringify({ account: 'anna', sha256: HASH, only: ['read'] }) },
      'tokens e is kept and does not count: value: Unrecognized key: "only"',
    ],
    [
      { id: 'f', value: JSON.stringify('x'.repeat(65_536)) },
      'tokens f is kept and does not count: its value has 65538 bytes of JSON, and 65536 are allowed',
    ],
  ]
  const entries = foldRows(NO_ENTRIES, [...odd.map(([some]) => change(some)), change({}), { stray: 'a stray row' }])
  expect([...viewOf(entries).entries('tokens').keys()]).toEqual(['a'])
  const told = faultsOf(entries)
  expect(told).toHaveLength(odd.length + 1)
  for (const [, fault] of odd)
    expect(
      told.some((each) => each.startsWith(fault)),
      fault,
    ).toBe(true)
  expect(entries.kinds.get('zones')?.newest.get('depot')?.change.value).toBe(tokenText('anna'))
})

test('two changes with one version are doubtful, and the same one is taken everywhere', () => {
  const [one, other] = [change({ version: 2, at: 5 }), change({ version: 2, at: 6, value: tokenText('ben') })]
  for (const rows of [
    [one, other],
    [other, one],
    [other, one, other],
  ]) {
    const entries = foldRows(NO_ENTRIES, rows)
    expect(viewOf(entries).entries('tokens').get('a')?.value.account).toBe('ben')
    expect(faultsOf(entries)).toEqual(['tokens a: two changes have the same version, of which one is taken'])
    expect(faultsOf(foldRows(entries, [change({ version: 3 })]))).toEqual([])
  }
})

test('a row is what was written; one that can be no change is a stray row', () => {
  for (const each of [change({}), change({ value: undefined, version: 7 })]) {
    expect(changeOfFlat(flatChange(each), 'f')).toEqual(each)
  }
  const flat = flatChange(change({}))
  const odd = [
    { ...flat, id: undefined },
    { ...flat, at: undefined },
    { ...flat, version: 0n },
    { ...flat, version: 2n ** 60n },
  ]
  expect(odd.map((each) => Object.keys(changeOfFlat(each, 'f')))).toEqual(odd.map(() => ['stray']))
})
