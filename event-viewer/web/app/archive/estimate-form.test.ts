import { expect, test } from 'vitest'
import { readEstimate, startForm } from './estimate-form.ts'

const cell = { cell: '69y7p', rows: 1, bytes: 1, files: 1 }

test('it starts with what the archive knows, and with what was measured where it knows nothing', () => {
  const usual = { vehicles: 1_500, intervalSeconds: 5, drivingPercent: 100, years: 7 }
  expect(startForm({ rows: 300, bytes: 1_700, cells: [cell, cell] })).toEqual({
    ...usual,
    cells: 2,
    bytesPerPosition: 5.67,
  })
  expect(startForm({ rows: 0, bytes: 0, cells: [] })).toEqual({ ...usual, cells: 26, bytesPerPosition: 4.25 })
  expect(startForm(undefined)).toEqual({ ...usual, cells: 26, bytesPerPosition: 4.25 })
})

test('what is said is reckoned with', () => {
  const read = readEstimate({ ...startForm(undefined), vehicles: 15_000, drivingPercent: 50, years: 1 })
  expect(read).toMatchObject({
    estimate: {
      fleet: { vehicles: 15_000, intervalMs: 5_000, drivingShare: 0.5, cells: 26, bytesPerPosition: 4.25, years: 1 },
      flow: { eventsPerSecond: 1_500, peakEventsPerSecond: 3_000 },
    },
  })
})

test('what is wrong is said, and an empty field is', () => {
  expect(readEstimate({ ...startForm(undefined), vehicles: null })).toEqual({ fault: 'Fill in every field.' })
  expect(readEstimate({ ...startForm(undefined), drivingPercent: 120 })).toEqual({
    fault: '“Reporting, % of the day” must be at most 100',
  })
  expect(readEstimate({ ...startForm(undefined), intervalSeconds: 0.01 })).toEqual({
    fault: '“A report every, s” must be at least 0.1',
  })
  expect(readEstimate({ ...startForm(undefined), cells: 0 })).toEqual({ fault: '“Cells” must be at least 1' })
})
