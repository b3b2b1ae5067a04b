import { expect, test } from 'vitest'
import type { LiveMeasure } from '../hub/live/live-frame.ts'
import { needsTable, toldMeasures } from './told-measures.ts'

const measure = (name: string, value: LiveMeasure['value'], unit?: string): LiveMeasure => ({
  name,
  value,
  timeMs: 1,
  ...(unit === undefined ? {} : { unit }),
})
const COLUMNS = [
  { name: 'pressure', unit: 'bar', description: 'of the tyres' },
  { name: 'temperature', unit: '°F' },
]

test('what is live has the unit of the table’s column, but for what is known already', () => {
  expect(toldMeasures([measure('pressure', 2), measure('temperature', 4, '°C'), measure('doors', 1)], COLUMNS)).toEqual(
    [
      { ...measure('pressure', 2, 'bar'), description: 'of the tyres' },
      measure('temperature', 4, '°C'),
      measure('doors', 1),
    ],
  )
})

test('the table is asked only for numbers whose unit nothing tells', () => {
  expect(needsTable([measure('temperature', 4, '°C'), measure('state', 'idle'), measure('open', true)], [])).toBe(false)
  expect(needsTable([measure('doors', 4)], [])).toBe(true)
  expect(needsTable([measure('doors', 4)], [{ name: 'doors' }])).toBe(false)
})
