import { COLUMN_NAMES } from '@fleetlake/columnar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ImportChoices } from '../../api/imports.ts'
import { formOf, FORM_COLUMNS, type ImportForm, newImportForm, readImportForm } from './import-form.ts'

const readWith = (changes: Partial<ImportForm>): unknown => {
  const read = readImportForm({ ...newImportForm(), ...changes })
  return read.ok ? read.choices : Object.fromEntries(read.faults.map(({ name, message }) => [name, message]))
}

test('the form has a control for each column of a position', () => {
  expect(FORM_COLUMNS).toEqual(COLUMN_NAMES)
})

test('a form in which nothing was said leaves all to be found out', () => {
  expect(readWith({})).toEqual({})
  expect(readWith({ measures: [{ name: ' ', field: '' }], timezone: '  ' })).toEqual({})
})

const name = fc.stringMatching(/^[A-Za-z][\w ./+-]{0,20}\w$/)
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined })
const choices: fc.Arbitrary<ImportChoices> = fc
  .record({
    columns: maybe(
      fc.dictionary(
        fc.constantFrom(...FORM_COLUMNS, 'longitude_hemisphere', 'temperature', 'driver_id', 'doors'),
        name,
        { minKeys: 1, noNullPrototype: true },
      ),
    ),
    timezone: maybe(name),
    timeFormat: maybe(name),
    speedUnit: maybe(fc.constantFrom('m/s', 'km/h')),
    coordinates: maybe(fc.constantFrom('degrees' as const, 'minutes' as const)),
    decimal: maybe(fc.constantFrom('.' as const, ',' as const)),
    vehicleType: maybe(name),
    vehicleId: maybe(name),
    vehicleIdFrom: maybe(name),
    from: maybe(fc.constantFrom('csv', 'gpx')),
    delimiter: maybe(fc.constantFrom(',', ';', '\t', ' ')),
    hasHeader: maybe(fc.boolean()),
    skipLines: maybe(fc.nat(100)),
    path: maybe(name),
    table: maybe(name),
    corrections: maybe(fc.constant(true)),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))

test('what is read from the controls is what they stand for, whatever was said', () => {
  fc.assert(
    fc.property(choices, (said) => {
      expect(readImportForm(formOf(said))).toEqual({ ok: true, choices: said })
    }),
  )
})

test('what can be told without the files is told at its control', () => {
  const measures = [
    { name: 'Temp C', field: 'temp' },
    { name: 'speed', field: 'v' },
    { name: '', field: 'fuel' },
    { name: 'fuel', field: '' },
    { name: 'doors', field: 'doors' },
    { name: ' doors ', field: 'tür' },
    { name: '', field: '' },
  ]
  expect(readWith({ measures, delimiter: ';;' })).toEqual({
    'measures.0':
      '"Temp C" is not a name of a measure: use a lower-case letter, then at most 62 letters, digits and underscores.',
    'measures.1': '"speed" is a column of every position.',
    'measures.2': 'Give the measure a name.',
    'measures.3': 'Choose its field.',
    'measures.5': 'This measure is there already.',
    delimiter: 'Give one character such as , ; | or the word tab.',
  })
})

test('a tab is said by its name', () => {
  expect([readWith({ delimiter: 'tab' }), readWith({ delimiter: String.raw`\t` })]).toEqual([
    { delimiter: '\t' },
    { delimiter: '\t' },
  ])
})
