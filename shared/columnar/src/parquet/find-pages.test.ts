import { parquetMetadata, readColumnIndex, readOffsetIndex } from 'hyparquet'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startParquetFile } from '../formats/parquet.ts'
import { type Rows, rowsOfArrays } from '../rows/rows.ts'
import { textsOfStrings } from '../rows/text-list.ts'
import { findByIndex, findInAll } from '../testing/find-rows.ts'
import { byHyparquet, sameRows } from '../testing/by-hyparquet.ts'
import { filterSpanOf } from './keys.ts'
import { parseFooter } from './read-footer.ts'

const anyId = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '\u{fffd}', '\u{ffff}', '𝄞'),
  minLength: 1,
  maxLength: 4,
})

/** Rows of a row group by their ids, in the order of the ids or in no order. */
const rowsOfIds = (ids: readonly string[]): Rows => {
  const names = [...new Set(ids)]
  const { length } = ids
  return rowsOfArrays({
    length,
    vehicleIds: textsOfStrings(names),
    vehicle: Int32Array.from(ids, (id) => names.indexOf(id)),
    vehicleTypes: ['bus'],
    vehicleType: new Int32Array(length),
    eventTime: Float64Array.from({ length }, (_, i) => 1.7e12 + i * 4_999),
    longitude: Int32Array.from({ length }, (_, i) => -56_000_000 + i * i),
    latitude: Int32Array.from({ length }, (_, i) => -34_000_000 - i * 77),
    speed: Float32Array.from({ length }, (_, i) => (i % 5 === 0 ? Number.NaN : i % 9)),
    heading: Float32Array.from({ length }, (_, i) => i / 2),
  })
}

const someGroups = fc.array(
  fc.record({ ids: fc.array(anyId, { minLength: 1, maxLength: 60 }), isSorted: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
)

const fileOf = (
  groups: readonly { readonly ids: readonly string[]; readonly isSorted: boolean }[],
  pageRows: number,
) => {
  const file = startParquetFile(1 << 12, pageRows)
  for (const { ids, isSorted } of groups) {
    file.add(rowsOfIds(isSorted ? ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : ids))
  }
  return file.finish().slice()
}

test('what filters and page indexes find is what is in the rows', () => {
  fc.assert(
    fc.property(
      someGroups,
      fc.integer({ min: 1, max: 70 }),
      fc.array(anyId, { maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 2 }),
      (groups, pageRows, others, chosen) => {
        const bytes = fileOf(groups, pageRows)
        const all = groups.flatMap(({ ids }) => ids)
        const ids = [...others, ...chosen.map((i) => all[i % all.length])]
        expect(findByIndex(bytes, ids).rows).toEqual(findInAll(bytes, ids).rows)
      },
    ),
    { numRuns: 150 },
  )
})

test('of row groups that are sorted by vehicle only the pages with the vehicle are unpacked', () => {
  const idsOf = (first: number): string[] => Array.from({ length: 1_000 }, (_, i) => `v${first + Math.floor(i / 50)}`)
  const bytes = fileOf(
    [
      { ids: idsOf(100), isSorted: true },
      { ids: idsOf(110), isSorted: true },
      { ids: idsOf(200), isSorted: true },
    ],
    100,
  )
  const unpacked = (id: string): readonly number[] => {
    const found = findByIndex(bytes, [id])
    return [found.rows.length, found.unpacked]
  }
  expect(unpacked('v100')).toEqual([50, 100])
  expect(unpacked('v115')).toEqual([100, 200])
  expect(unpacked('v219')).toEqual([50, 100])
  expect(unpacked('v150')).toEqual([0, 0])
})

test('another reader finds our pages where our index says, and their ids within its bounds', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `v${100 + Math.floor(i / 9)}`)
  const bytes = fileOf([{ ids, isSorted: true }], 25)
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const metadata = parquetMetadata(buffer)
  const found = metadata.row_groups[0].columns.map((column) => ({
    index: readOffsetIndex({ view: new DataView(buffer), offset: Number(column.offset_index_offset) }),
    chunk: column.meta_data!,
  }))
  for (const { index, chunk } of found) {
    const pages = index.page_locations
    expect(pages.map(({ first_row_index: row }) => Number(row))).toEqual([0, 25, 50, 75])
    const places = pages.map(({ offset, compressed_page_size: size }) => [Number(offset), Number(offset) + size])
    // One behind the other, to the end of the column.
    expect(places.map(([start]) => start)).toEqual([
      Number(chunk.data_page_offset),
      ...places.slice(0, -1).map(([, end]) => end),
    ])
    const begin = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
    expect(places.at(-1)![1]).toBe(begin + Number(chunk.total_compressed_size))
  }
  const [column] = metadata.row_groups[0].columns
  const bounds = readColumnIndex(
    { view: new DataView(buffer), offset: Number(column.column_index_offset) },
    metadata.schema[1],
  )
  expect(bounds).toMatchObject({
    null_pages: [false, false, false, false],
    min_values: ['v100', 'v102', 'v105', 'v108'],
    max_values: ['v102', 'v105', 'v108', 'v111'],
    boundary_order: 'ASCENDING',
  })
})

const longId = (i: number): string => `a vehicle of a long name ${i}`
const shortId = (i: number): string => `v${String(i).padStart(7, '0')}`

test.each([
  ['one page a column', {}, longId, 40],
  ['pages of other rows in each column', { pageSize: 64 }, longId, 40],
  ['pages of the same rows', sameRows(8), shortId, 8],
])(
  'the filters and page indexes of another writer are used truly or passed over: %s',
  (_, options, idOf, mostUnpacked) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 90 }),
        fc.array(fc.nat(16), { maxLength: 3 }),
        (numbers, wanted) => {
          const bytes = byHyparquet(numbers.map(idOf), options)
          const ids = wanted.map(idOf)
          expect(findByIndex(bytes, ids).rows).toEqual(findInAll(bytes, ids).rows)
        },
      ),
    )
    const bytes = byHyparquet(
      Array.from({ length: 80 }, (__, i) => idOf(i)),
      options,
    )
    expect(parseFooter(bytes).rowGroups.every((group) => filterSpanOf(group) !== undefined)).toBe(true)
    expect(findByIndex(bytes, ['nobody']).unpacked).toBe(0)
    expect(findByIndex(bytes, [idOf(50)]).unpacked).toBeLessThanOrEqual(mostUnpacked)
  },
)

test('filters and page indexes of another writer that are damaged are passed over: the rest of the file is as good as ever', () => {
  const good = byHyparquet(
    Array.from({ length: 80 }, (_, i) => shortId(i)),
    sameRows(8),
  )
  const { rowGroups } = parseFooter(good)
  const spans = rowGroups.flatMap((group) => [
    filterSpanOf(group),
    group.columns[0]!.columnIndex,
    ...group.columns.map((column) => column?.offsetIndex),
  ])
  const places = spans.flatMap((span) =>
    Array.from({ length: span ? span.end - span.start : 0 }, (_, i) => span!.start + i),
  )
  expect(places.length).toBeGreaterThan(500)
  const ids = [shortId(7), shortId(50)]
  const all = findInAll(good, ids).rows
  let whole = 0
  for (const at of places) {
    for (const change of [1 << (at % 8), 0xff]) {
      const bytes = good.slice()
      bytes[at] ^= change
      const { rows, unpacked } = findByIndex(bytes, ids)
      // Bits of a filter or a bound that are others say something else: nobody can tell.
      expect(all).toEqual(expect.arrayContaining([...rows]))
      if (unpacked > 16) whole++
    }
  }
  expect(whole).toBeGreaterThan(places.length / 2)
})
