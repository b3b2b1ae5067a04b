import { FleetError } from '@fleetlake/core'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import {
  parseCount,
  parseDuration,
  parseInstant,
  parseList,
  parseNumber,
  parsePositiveCount,
  parseSelect,
  parseWhere,
} from './options.ts'

test('counts may be grouped or shortened', () => {
  expect(['7', '1500', '1_000_000', '1,000,000', '50k', '1.5M'].map(parseCount)).toEqual([
    7, 1500, 1e6, 1e6, 5e4, 1.5e6,
  ])
})

test('durations carry their unit', () => {
  expect(['500 ms', '5s', '10 min', '1 h', '1.5 h', '2d'].map(parseDuration)).toEqual([
    500, 5e3, 6e5, 3.6e6, 5.4e6, 1.728e8,
  ])
})

const NOW = Date.parse('2026-03-04T05:06:07Z')

test('instants are RFC 3339, dates, now, or before now', () => {
  const iso = (text: string): string => new Date(parseInstant(text, NOW)).toISOString()
  expect(['2026-01-31T16:00+08:00', '2026-01-31 08:00:00.5z', '2026-01-31', 'now', '-1h', '-30 min'].map(iso)).toEqual([
    '2026-01-31T08:00:00.000Z',
    '2026-01-31T08:00:00.500Z',
    '2026-01-31T00:00:00.000Z',
    '2026-03-04T05:06:07.000Z',
    '2026-03-04T04:06:07.000Z',
    '2026-03-04T04:36:07.000Z',
  ])
})

test('lists lose blanks', () => {
  expect(parseList(' taxi, bus ,,')).toEqual(['taxi', 'bus'])
})

test.each([
  [parseCount, '1.5'],
  [parseCount, '-3'],
  [parsePositiveCount, '0'],
  [parseCount, '1,00'],
  [parseCount, 'many'],
  [parseCount, ''],
  [parseNumber, 'x'],
  [parseNumber, ' '],
  [parseDuration, '1'],
  [parseDuration, '-1 h'],
  [parseDuration, '1 fortnight'],
  [(text: string) => parseInstant(text, NOW), '2026-01-31T08:00:00'],
  [(text: string) => parseInstant(text, NOW), '2026-13-01'],
  [(text: string) => parseInstant(text, NOW), '2026-02-30'],
  [(text: string) => parseInstant(text, NOW), '2026-02-29T08:00:00Z'],
  [(text: string) => parseInstant(text, NOW), '1h'],
  [parseList, ' ,'],
])('%o refuses "%s" and shows a right one', (parse, text) => {
  expect(() => parse(text)).toThrow(FleetError)
  expect(() => parse(text)).toThrow(fault('usage.invalid', /^".*" is not (an? )/))
})

test('a filter is checked as far as it can be without the table', () => {
  expect(parseWhere("temperature > 8 and driver_id = 'a7'")).toBe("temperature > 8 and driver_id = 'a7'")
  expect(() => parseWhere('temperature >')).toThrow(
    fault('usage.invalid', 'the filter, character 14: expected a number'),
  )
})

test('sixty-four measures may be selected', () => {
  const names = (count: number): string => Array.from({ length: count }, (_, i) => `m${i}`).join()
  expect([parseSelect('*'), parseSelect(names(64)).length]).toEqual([['*'], 64])
  expect(() => parseSelect(names(65))).toThrow(fault('usage.invalid', 'a list of at most 64 measures, or *'))
})
