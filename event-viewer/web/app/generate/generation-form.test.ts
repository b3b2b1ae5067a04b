import { generationOptions } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { type GenerationForm, newGenerationForm, readGenerationForm } from './generation-form.ts'

const readWith = (changes: Partial<GenerationForm>): ReturnType<typeof readGenerationForm> =>
  readGenerationForm({ ...newGenerationForm(), ...changes })

const faultsWith = (changes: Partial<GenerationForm>): Record<string, string> => {
  const read = readWith(changes)
  return read.ok ? {} : Object.fromEntries(read.faults.map(({ name, message }) => [name, message]))
}

const optionsWith = (changes: Partial<GenerationForm>): unknown => {
  const read = readWith(changes)
  return read.ok ? JSON.parse(JSON.stringify(read.options)) : read.faults
}

test('the form of a newcomer asks for 1,500 vehicles, live for an hour', () => {
  expect(optionsWith({})).toEqual({
    vehicles: 1500,
    durationMs: 3_600_000,
    intervalMs: 5000,
    seed: 1,
    realTime: true,
    speedFactor: 1,
    batchRows: 1200,
  })
})

test('a form can ask for every option of the contract', () => {
  const changes: Partial<GenerationForm> = {
    startTime: '2026-01-05T10:00:00',
    sharedIds: true,
    vehicleTypes: ['bus'],
    districts: ['Pocitos'],
    measures: ['temperature', 'driver_id'],
    city: ' Montevideo ',
    agents: 2,
  }
  const asked = { ...(optionsWith(changes) as object), ...(optionsWith({ ...changes, end: 'events' }) as object) }
  expect(Object.keys(asked).toSorted()).toEqual(Object.keys(generationOptions.shape).toSorted())
  expect(asked).toMatchObject({
    startTime: new Date(2026, 0, 5, 10).toISOString(),
    vehicleIds: 'shared',
    vehicleTypes: ['bus'],
    districts: ['Pocitos'],
    measures: ['temperature', 'driver_id'],
    city: 'Montevideo',
    agents: 2,
  })
})

test('only the chosen end counts, and a speed factor only in real time', () => {
  expect(optionsWith({ end: 'events', duration: 'nonsense', pace: 'fast', speedFactor: -1 })).toEqual({
    vehicles: 1500,
    events: 1_000_000,
    intervalMs: 5000,
    seed: 1,
    realTime: false,
    batchRows: 1200,
  })
})

test.each([
  ['90 s', 90_000],
  ['1.5h', 5_400_000],
  [' 10 min ', 600_000],
  ['2 d', 172_800_000],
])('the duration %s is %d ms', (text, durationMs) => {
  expect(optionsWith({ duration: text })).toMatchObject({ durationMs })
})

test('each fault is told at its control, with what to give instead', () => {
  expect(
    faultsWith({
      vehicles: 0,
      duration: 'soon',
      interval: '2 h',
      startTime: 'yesterday',
      seed: 1.5,
      speedFactor: 0,
      batchRows: 20_000,
      agents: 0,
    }),
  ).toEqual({
    vehicles: 'Give at least 1.',
    duration: 'Give a duration such as “1 h”, “10 min” or “30 s”.',
    interval: 'Give at most 1 h.',
    startTime: 'Give a date and a time.',
    seed: 'Give a whole number.',
    speedFactor: 'Give at least 0.001.',
    batchRows: 'Give at most 10,000.',
    agents: 'Give at least 1.',
  })
})

test('measures that no simulated vehicle has are refused at their control, as the terminal refuses them', () => {
  const list = 'temperature, battery, fuel, odometer, ignition, altitude, driver_id, order_id'
  expect(faultsWith({ measures: ['temperature', 'speed'] })).toEqual({ measures: `Must be of ${list}.` })
  expect(faultsWith({ measures: ['fuel', 'fuel'] })).toEqual({ measures: 'Names a measure twice.' })
})

test('a number that was cleared is asked for', () => {
  expect(faultsWith({ vehicles: null, end: 'events', events: null })).toEqual({
    vehicles: 'Give a number.',
    events: 'Give a number.',
  })
})
