import { generationOptions } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { GENERATION_FLAGS, generationOf } from './generation-flags.ts'

test('every option of a generation has a flag', () => {
  expect(Object.keys(GENERATION_FLAGS).toSorted()).toEqual(Object.keys(generationOptions.shape).toSorted())
})

test('what the flags read is a generation', () => {
  const texts: Partial<Record<keyof typeof GENERATION_FLAGS, string>> = {
    vehicles: '2k',
    events: '1M',
    durationMs: '1 h',
    intervalMs: '5 s',
    startTime: '2026-01-05',
    seed: '7',
    vehicleTypes: 'taxi,bus',
    districts: 'Centro',
    city: 'montevideo',
    measures: 'temperature,driver_id',
    speedFactor: '2.5',
    batchRows: '500',
    agents: '2',
  }
  // What commander calls them, by its own rule: the words of the flag in camel case.
  const kept = Object.fromEntries(
    Object.entries(GENERATION_FLAGS).map(([name, { flag, parse }]) => [
      flag
        .split(' ')[0]
        .slice(2)
        .replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      parse === undefined ? true : parse(texts[name as keyof typeof texts]!),
    ]),
  )
  expect(generationOptions.parse(generationOf(kept))).toEqual({
    vehicles: 2000,
    events: 1_000_000,
    durationMs: 3_600_000,
    intervalMs: 5000,
    startTime: '2026-01-05T00:00:00.000Z',
    seed: 7,
    vehicleIds: 'shared',
    vehicleTypes: ['taxi', 'bus'],
    districts: ['Centro'],
    city: 'montevideo',
    measures: ['temperature', 'driver_id'],
    realTime: true,
    speedFactor: 2.5,
    batchRows: 500,
    agents: 2,
  })
})
