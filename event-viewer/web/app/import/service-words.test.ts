import { expect, test } from 'vitest'
import { type ImportForm, newImportForm } from './import-form.ts'
import { answerForm, readServiceWords, type ServiceWords } from './service-words.ts'

const read = (
  sentence: string,
  { fields = [], form = {} }: { fields?: readonly string[]; form?: Partial<ImportForm> } = {},
): ServiceWords =>
  readServiceWords(sentence, { fields, form: { ...newImportForm(), ...form }, ownZone: 'America/Montevideo' })

/** Labels in brackets, values in backticks. */
const shown = ({ parts }: ServiceWords): string =>
  parts
    .map((part) =>
      part.kind === 'text' ? part.text : part.kind === 'control' ? `[${part.label}]` : `\`${part.text}\``,
    )
    .join('')
const answers = ({ answers: all }: ServiceWords): string[] => all.map(({ label }) => label)

test('a time zone is asked for by the name of its control; examples are no answers, UTC and this machine’s zone are', () => {
  const words = read(
    'the times in "time", such as "2018-10-01 08:00:00", have no offset from UTC: say their zone with --timezone, such as --timezone Asia/Shanghai or --timezone UTC',
  )
  expect(shown(words)).toBe(
    'the times in "time", such as "2018-10-01 08:00:00", have no offset from UTC: say their zone with [Time zone], such as `Asia/Shanghai` or `UTC`',
  )
  expect([words.controls, words.answers]).toEqual([
    ['timezone'],
    [
      { label: 'Time zone: UTC', control: 'timezone', says: { timezone: 'UTC' } },
      { label: 'Time zone: America/Montevideo', control: 'timezone', says: { timezone: 'America/Montevideo' } },
    ],
  ])
})

test.each([
  [
    'say which with --time-format "DD/MM/YYYY HH:mm" or --time-format "MM/DD/YYYY HH:mm"',
    'say which with [Time format] `DD/MM/YYYY HH:mm` or `MM/DD/YYYY HH:mm`',
    ['Time format: DD/MM/YYYY HH:mm', 'Time format: MM/DD/YYYY HH:mm'],
  ],
  [
    'say what they are with --time-format epoch-s|gps|digits-yy, or a pattern such as DDMMYYYYHHmmss',
    'say what they are with [Time format] `epoch-s`, `gps`, `digits-yy`, or a pattern such as DDMMYYYYHHmmss',
    ['Time format: epoch-s', 'Time format: gps', 'Time format: digits-yy'],
  ],
  [
    'say how they are written with a pattern, such as --time-format "DD/MM/YYYY HH:mm:ss"',
    'say how they are written with a pattern, such as [Time format] `DD/MM/YYYY HH:mm:ss`',
    [],
  ],
  [
    'say how times are written with --time-format, or name another field with --columns event_time=<field>',
    'say how times are written with [Time format], or name another field with [Event time]',
    [],
  ],
  [
    'are too fast for m/s: say --speed-unit m/s|km/h|kn|mph',
    'are too fast for m/s: say [Unit of speeds] `m/s`, `km/h`, `kn`, `mph`',
    ['m/s', 'km/h', 'kn', 'mph'].map((unit) => `Unit of speeds: ${unit}`),
  ],
  ['are taken in m/s: --speed-unit says another unit', 'are taken in m/s: [Unit of speeds] says another unit', []],
  [
    'turn them into degrees first, or say --coordinates degrees if they are',
    'turn them into degrees first, or say [Coordinates] `degrees` if they are',
    ['Coordinates: degrees'],
  ],
  [
    'say --vehicle-id, or --vehicle-id-from if the name of the file has it',
    'say [Vehicle id of all rows], or [Vehicle id from the file’s name] if the name of the file has it',
    [],
  ],
  [
    'name them with --columns vehicle_id=<field>,event_time=<field>, or give --vehicle-id if all rows are of one vehicle',
    'name them with [Vehicle id], [Event time], or give [Vehicle id of all rows] if all rows are of one vehicle',
    [],
  ],
  [
    'a.db: more than one of its tables has positions; say which one with --table: "my positions", "old"',
    'a.db: more than one of its tables has positions; say which one with [Table or sheet] `my positions`, `old`',
    ['Table or sheet: my positions', 'Table or sheet: old'],
  ],
  ['say where they are with --path a', 'say where they are with [Path of the rows] `a`', ['Path of the rows: a']],
  [
    'a.x is of no known format: say it with --from csv|gpx',
    'a.x is of no known format: say it with [Format] `csv`, `gpx`',
    ['Format: csv', 'Format: gpx'],
  ],
  ['give --delimiter, --skip-lines or --from', 'give [Delimiter], [Lines to skip] or [Format]', []],
  ['it goes on there (--restart begins at the first row)', 'it goes on there (--restart begins at the first row)', []],
])('%s', (sentence, words, offered) => {
  const told = read(sentence)
  expect([shown(told), answers(told)]).toEqual([words, offered])
})

test('fields are offered by their names, whatever these hold, several columns as one answer', () => {
  const fields = ['Lat', 'Lat, deg', 'Lon deg', 'id', 'time']
  const swapped = read('if they are the other way round, say --columns longitude=Lat, deg,latitude=Lon deg', { fields })
  expect([shown(swapped), swapped.answers]).toEqual([
    'if they are the other way round, say [Longitude] `Lat, deg`, [Latitude] `Lon deg`',
    [
      {
        label: 'Longitude: Lat, deg, Latitude: Lon deg',
        control: 'columns.longitude',
        says: { columns: { longitude: 'Lat, deg', latitude: 'Lon deg' } },
      },
    ],
  ])
  const counted = read(
    'say --columns vehicle_id=id if it is, another field, or --vehicle-id if all rows are of one vehicle',
    { fields },
  )
  expect([shown(counted), answers(counted)]).toEqual([
    'say [Vehicle id] `id` if it is, another field, or [Vehicle id of all rows] if all rows are of one vehicle',
    ['Vehicle id: id'],
  ])
  const day = read('no field has their day: name it with --columns "event_time=<date>+time"', { fields })
  expect([shown(day), day.controls, answers(day)]).toEqual([
    'no field has their day: name it with [Event time]',
    ['columns.event_time'],
    [],
  ])
})

test('what was said already is not offered', () => {
  const words = read('--time-format epoch-s reads no time in "time": leave it out, or say their zone with --timezone', {
    form: { timeFormat: 'epoch-s', timezone: 'UTC' },
  })
  expect([shown(words), answers(words)]).toEqual([
    '[Time format] `epoch-s` reads no time in "time": leave it out, or say their zone with [Time zone]',
    [],
  ])
})

test('an answer is taken over beside what was said before', () => {
  const form = { ...newImportForm(), timezone: 'UTC', columns: { speed: 'v' } }
  const says = { columns: { longitude: 'x' }, timeFormat: 'iso' }
  expect(answerForm(form, { label: '', control: 'timeFormat', says })).toEqual({
    ...form,
    timeFormat: 'iso',
    columns: { speed: 'v', longitude: 'x' },
  })
})
