import { expect, test } from 'vitest'
import { measureHead, measureLabel, measureText, measureValueText } from './measure-words.ts'

test('a measure has a name for people, with its unit above a column', () => {
  expect(['driver_id', 'fuel', '_'].map((name) => measureLabel({ name }))).toEqual(['Driver id', 'Fuel', '_'])
  expect(measureHead({ name: 'temperature', unit: '°C' })).toBe('Temperature, °C')
  expect(measureHead({ name: 'state' })).toBe('State')
})

test('values are as short as they can be, and what is not known is a dash', () => {
  expect([1234.5678, -4.5, 0, 0.000123456789, 1e21, true, false, 'a_b', '', null].map(measureValueText)).toEqual([
    '1,234.568',
    '-4.5',
    '0',
    '0.000123457',
    '1,000,000,000,000,000,000,000',
    'yes',
    'no',
    'a_b',
    '',
    '–',
  ])
  expect(measureText({ name: 'fuel', unit: '%' }, 12)).toBe('12 %')
  expect(measureText({ name: 'fuel', unit: '%' }, null)).toBe('–')
})
