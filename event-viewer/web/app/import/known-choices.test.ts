import * as intake from '@fleetlake/intake'
import { expect, test } from 'vitest'
import { COORDINATE_FORMS, FORMATS, SPEED_UNITS, timeZones } from './known-choices.ts'

test('formats and units are those that the importer knows', () => {
  expect([FORMATS, SPEED_UNITS, COORDINATE_FORMS]).toEqual([
    intake.FORMAT_NAMES,
    Object.keys(intake.SPEED_UNITS),
    intake.COORDINATE_FORMS,
  ])
})

test('UTC and this machine’s zone come first, each zone once', () => {
  const zones = timeZones('America/Montevideo')
  expect(zones.slice(0, 2)).toEqual(['UTC', 'America/Montevideo'])
  expect(zones).toContain('Asia/Shanghai')
  expect(new Set(zones).size).toBe(zones.length)
  expect(timeZones('UTC')[0]).toBe('UTC')
})
