import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeTexts } from './judge-rows.ts'
import { positionsOfRows, rowsOfPositions } from './position-rows.ts'
import { mayBeBlank } from './trimmed-rows.ts'

const utf8 = new TextEncoder()
const rowsOf = (texts: readonly (readonly [id: string, type: string])[]) =>
  positionsOfRows(
    texts.map(([vehicleId, vehicleType]) => ({ vehicleId, vehicleType, eventTime: 0, longitude: 1, latitude: 2 })),
  )

test('a blank at either end of an id is one of those that trim takes, and no other character is', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((each) =>
    each.isWellFormed(),
  )
  const ids = all.flatMap((each) => [`${each}v`, `v${each}`, each, `${each}é${each}`])
  const { rows } = judgeTexts(rowsOf(ids.map((id) => [id, 'bus'])))
  expect(rowsOfPositions(rows).map(({ vehicleId }) => vehicleId)).toEqual(ids.map((id) => id.trim()))
  // The first look passes over no blank.
  const blanks = all.filter((each) => each.trim() === '').map((each) => utf8.encode(each))
  expect(blanks.length).toBeGreaterThan(20)
  expect(blanks.filter((bytes) => mayBeBlank(bytes[0]) === 0 || mayBeBlank(bytes.at(-1)!) === 0)).toEqual([])
})

const blank = fc.constantFrom(' ', '\t', '\u00A0', '\u2003', '\u3000', '\uFEFF', '\u1680', '\u205F', '\r\n')
const text = fc
  .tuple(
    fc.array(blank, { maxLength: 3 }),
    fc.constantFrom('', 'v', 'bus 7', 'é', '粤B12345', 'カ', '\u2000x\u2000y'),
    fc.array(blank, { maxLength: 3 }),
  )
  .map(([before, middle, after]) => [...before, middle, ...after].join(''))

test('ids and types are as String.trim makes them, and all else of the rows stays', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 20 }), (texts) => {
      const sent = rowsOf(texts)
      const { rows } = judgeTexts(sent)
      expect(rowsOfPositions(rows)).toEqual(
        rowsOfPositions(sent).map((row) => ({
          ...row,
          vehicleId: row.vehicleId.trim(),
          vehicleType: row.vehicleType.trim(),
        })),
      )
      expect(judgeTexts(rows).rows).toBe(rows)
    }),
  )
})

test('rows without blanks are not copied; an id of nothing but blanks is missing, and the blanks of a long one don’t count', () => {
  const right = rowsOf([
    ['a', 'bus'],
    ['b c', 'taxi'],
  ])
  expect(judgeTexts(right)).toEqual({ rows: right, faults: undefined })
  expect(judgeTexts(right).rows).toBe(right)
  const { faults } = judgeTexts(
    rowsOf([
      ['\u2003 ', 'bus'],
      [`${'x'.repeat(255)}  `, 'bus'],
      ['x'.repeat(256), 'bus'],
      ['a', ' '],
    ]),
  )
  expect(faults).toEqual(['vehicle-id-missing', undefined, 'text-too-long', 'vehicle-type-missing'])
})
