import { expect, test } from 'vitest'
import { FORM_COLUMNS } from './import-form.ts'
import { firstRowColumns, foundText, mappingLines } from './mapping-lines.ts'

const MAPPING = {
  file: 'a.csv',
  format: 'csv',
  columns: [
    { name: 'event_time', fields: ['Date', 'Time'], detail: 'DD/MM/YYYY HH:mm' },
    { name: 'vehicle_id', fields: ['id'] },
    { name: 'fuel', fields: ['fuel'], detail: '%' },
    { name: 'temperature', fields: ['temp_f'], detail: '°F' },
  ],
  notes: [],
  leftOut: [],
  first: [{ event_time: 't', vehicle_id: 'a', fuel: '1', note: 'x' }, { refused: 'time-without-offset' }],
}

test('every column has a line, with what is known of it; measures that were asked for are told from those that were found', () => {
  const form = { columns: { latitude_hemisphere: 'N/S' }, measures: [{ name: ' temperature ', field: 'temp_f' }] }
  const { columns, foundMeasures, askedMeasures } = mappingLines(MAPPING, form)
  expect(columns.map(({ name }) => name)).toEqual([...FORM_COLUMNS, 'latitude_hemisphere'])
  expect(columns.filter(({ found }) => found.length > 0)).toEqual([
    { name: 'vehicle_id', found: ['id'] },
    { name: 'event_time', found: ['Date', 'Time'], detail: 'DD/MM/YYYY HH:mm' },
  ])
  expect([foundMeasures, askedMeasures]).toEqual([
    [{ name: 'fuel', found: ['fuel'], detail: '%' }],
    [{ name: 'temperature', found: ['temp_f'], detail: '°F' }],
  ])
  expect(mappingLines(undefined, { columns: {}, measures: [] })).toEqual({
    columns: FORM_COLUMNS.map((name) => ({ name, found: [] })),
    foundMeasures: [],
    askedMeasures: [],
  })
})

test('first rows have the columns that any of them has, in the order of positions', () => {
  expect(firstRowColumns(MAPPING)).toEqual(['vehicle_id', 'event_time', 'fuel', 'note'])
})

test('a column without a field says what stands in its place', () => {
  const none = { vehicleId: '', vehicleIdFrom: '', vehicleType: '' }
  const text = (name: string, said: Partial<typeof none> = {}, found: string[] = [], isMapped = true): string =>
    foundText({ name, found }, { form: { ...none, ...said }, isMapped })
  expect([
    text('event_time', {}, ['Date', 'Time']),
    text('speed'),
    text('speed', {}, [], false),
    text('vehicle_type'),
    text('vehicle_type', { vehicleType: ' taxi ' }),
    text('vehicle_id', { vehicleId: 'a', vehicleIdFrom: '{name}' }, [], false),
    text('vehicle_id', { vehicleIdFrom: '{name}' }),
  ]).toEqual([
    'Date, Time',
    'not found',
    'found out',
    '“unknown” in all rows',
    '“taxi” in all rows',
    '“a” in all rows',
    'the file’s name',
  ])
})
