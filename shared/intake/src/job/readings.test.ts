import { join } from 'node:path'
import { temporaryFolder } from '@fleetlake/testing'
import { expect, test } from 'vitest'
import { CSV } from '../formats/csv/read-csv.ts'
import type { Mapping } from '../importer.ts'
import { emptyTally } from '../rows/tally.ts'
import { blockOf } from '../testing/block-of.ts'
import { inputOf } from '../testing/read-all.ts'
import { openJobRecord } from './job-record.ts'
import { createReadings } from './readings.ts'

const opened = { input: inputOf(new Uint8Array(0), { name: 'a.csv' }), format: CSV }
const rowsOf = (...days: readonly string[]) =>
  blockOf(days.map((day) => ({ id: 'a', time: `${day} 07:08:09`, lon: '1.5', lat: '2.5' })))
const beginning = rowsOf('13/06/2026', '05/06/2026')
/** The order of day and month shows in none of them. */
const rest = rowsOf('05/06/2026', '06/06/2026')
const options = { settings: { timezone: 'UTC' }, nowMs: Date.UTC(2026, 10, 29) }

test('what an import was stopped in is read on as it was begun, whatever the next rows show', async () => {
  const told: Mapping[] = []
  const first = createReadings({ ...options, onMapping: () => undefined })
  const { plan } = first.readingOf(opened, beginning)
  const record = openJobRecord(await temporaryFolder(), 'job')
  await record.save({
    status: 'running',
    files: 0,
    cursor: { at: 7, place: 3 },
    tally: emptyTally(),
    failedFiles: 0,
    readings: first.known(),
    refusals: { rows: 0, bytes: 0 },
  })
  const saved = await record.load()
  expect(saved).toMatchObject({ status: 'running', cursor: { at: 7, place: 3 }, tally: emptyTally() })

  const resumed = createReadings({ ...options, known: saved?.readings, onMapping: (mapping) => told.push(mapping) })
  expect(resumed.readingOf(opened, rest).plan).toEqual(plan)
  resumed.readingOf(opened, rest)
  expect(told.map(({ first: shown }) => shown.map((row) => row['event_time']))).toEqual([
    ['2026-06-05T07:08:09.000Z', '2026-06-06T07:08:09.000Z'],
  ])
  const anew = createReadings({ ...options, onMapping: () => undefined })
  expect(() => anew.readingOf(opened, rest)).toThrow('may have the day or the month first')
})

test('inputs with the same names in other units are read by plans of their own', () => {
  const inUnit = (unit: string) => ({
    ...blockOf([{ id: 'a', time: '2026-05-06T07:08:09Z', lon: 1.5, lat: 2.5, speed: 36 }]),
    units: new Map([['speed', unit]]),
  })
  const readings = createReadings({ ...options, onMapping: () => undefined })
  const unitOf = (unit: string) => {
    const { plan } = readings.readingOf(opened, inUnit(unit))
    return plan.fields.find(({ name }) => name === 'speed')?.unit
  }
  expect(['km/h', 'kn', 'km/h'].map(unitOf)).toEqual(['km/h', 'kn', 'km/h'])
})

test('a record that is damaged is none', async () => {
  const folder = await temporaryFolder()
  const { writeFile } = await import('node:fs/promises')
  for (const text of ['', '{', '{"version":1}', '[]'])
    expect(await writeFile(join(folder, 'job.json'), text).then(() => openJobRecord(folder, 'job').load())).toBe(
      undefined,
    )
})
