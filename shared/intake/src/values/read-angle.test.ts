import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Axis, readAngle } from './read-angle.ts'
import type { AngleReading } from './readings.ts'

const read = (
  value: unknown,
  axis: Axis = 'latitude',
  reading: Partial<AngleReading> = {},
  hemisphere?: unknown,
): unknown => readAngle(value, hemisphere, { reading: { kind: 'degrees', hemisphere: undefined, ...reading }, axis })

const DMS = 31 + 14 / 60 + 22.5 / 3600

test.each([
  ['31.24', 31.24],
  [' -31.24 ', -31.24],
  ['−31.24', -31.24],
  ['31,24', 31.24],
  ['31.24N', 31.24],
  ['31.24 S', -31.24],
  ['N31.24', 31.24],
  ['s 31.24', -31.24],
  ['-31.24S', -31.24],
  ['31.24°', 31.24],
  ['31.24° North', 31.24],
  ['South 31.24', -31.24],
  ['-4.5e-05', -4.5e-5],
  [`31°14'22.5"N`, DMS],
  [`31°14'22,5"N`, DMS],
  ['31º 14′ 22.5″ S', -DMS],
  [`31° 14' 22.5'' N`, DMS],
  ['31°14’22.5’’N', DMS],
  ['31 14 22.5 N', DMS],
  ['N 31 14 22.5', DMS],
  ['31:14:22.5', DMS],
  ['31-14-22.5N', DMS],
  ['31d14m22.5s', DMS],
  ['31d14m22.5sS', -DMS],
  [`-31°14'22.5"`, -DMS],
  [`31°14.375'N`, 31 + 14.375 / 60],
  ['31 14.375 N', 31 + 14.375 / 60],
  [31.24, 31.24],
  [0, 0],
  ['0.0 S', 0],
  [3n, 3],
])('%s is %d', (value, degrees) => {
  expect(read(value)).toBeCloseTo(degrees, 12)
})

test.each([
  ['', 'position-missing'],
  ['\\N', 'position-missing'],
  [null, 'position-missing'],
  [NaN, 'position-missing'],
  ['104E', 'position-not-a-number'],
  ['-31.24 N', 'position-not-a-number'],
  ['N 31.24 N', 'position-not-a-number'],
  [`31°64'22"N`, 'position-not-a-number'],
  [`31°14'62"N`, 'position-not-a-number'],
  ['31.5 14 22', 'position-not-a-number'],
  ['31 14.5 22', 'position-not-a-number'],
  ['116.4, 39.9', 'position-not-a-number'],
  ['here', 'position-not-a-number'],
  [true, 'position-not-a-number'],
  [{}, 'position-not-a-number'],
  ['3'.repeat(1_000_000), 'position-not-a-number'],
])('%j is no latitude: %s', (value, reason) => {
  expect(read(value)).toBe(reason)
})

test('a hemisphere in a field of its own is applied', () => {
  const beside = { hemisphere: 'N/S' }
  expect(read('31.24', 'latitude', beside, 'S')).toBe(-31.24)
  expect(read(31.24, 'latitude', beside, ' north ')).toBe(31.24)
  expect(read('-31.24', 'latitude', beside, 'S')).toBe(-31.24)
  expect(read('31.24', 'longitude', { hemisphere: 'E/W' }, 'W')).toBe(-31.24)
  expect(read('31.24', 'latitude', beside, '')).toBe('position-missing')
  expect(read('31.24', 'latitude', beside, 'E')).toBe('position-not-a-number')
  expect(read('-31.24', 'latitude', beside, 'N')).toBe('position-not-a-number')
})

test('degrees and minutes without marks', () => {
  const minutes = { kind: 'minutes', hemisphere: 'N/S' } as const
  expect(read('3114.375', 'latitude', minutes, 'N')).toBeCloseTo(31 + 14.375 / 60, 12)
  expect(read('12131.02', 'longitude', minutes, 'W')).toBeCloseTo(-121 - 31.02 / 60, 12)
  expect(read(-3114.375, 'latitude', { kind: 'minutes' })).toBeCloseTo(-31 - 14.375 / 60, 12)
  expect(read('3114.375S', 'latitude', { kind: 'minutes' })).toBeCloseTo(-31 - 14.375 / 60, 12)
  expect(read('3160.0', 'latitude', minutes, 'N')).toBe('position-not-a-number')
})

test('every place that is written in degrees, minutes and seconds, or as NMEA has it, is read back', () => {
  const side = (degrees: number): string => (degrees < 0 ? 'W' : 'E')
  fc.assert(
    fc.property(fc.integer({ min: -180e6, max: 180e6 }), (micro) => {
      const degrees = micro / 1e6
      const all = Math.abs(micro) * 3600
      const [d, m, s] = [Math.floor(all / 3.6e9), Math.floor(all / 6e7) % 60, (all % 6e7) / 1e6]
      const forms = [
        `${d}°${m}'${s.toFixed(7)}"${side(degrees)}`,
        `${side(degrees)} ${d} ${m} ${s.toFixed(7)}`,
        `${degrees < 0 ? '-' : ''}${d}:${m}:${s.toFixed(7)}`,
      ]
      for (const form of forms) expect(read(form, 'longitude')).toBeCloseTo(degrees, 7)
      const nmea = `${String(d).padStart(3, '0')}${(m + s / 60).toFixed(7).padStart(10, '0')}`
      if (nmea.endsWith('60.0000000')) return
      expect(read(nmea, 'longitude', { kind: 'minutes', hemisphere: 'E/W' }, side(degrees))).toBeCloseTo(degrees, 7)
    }),
    { numRuns: 1_000 },
  )
})
