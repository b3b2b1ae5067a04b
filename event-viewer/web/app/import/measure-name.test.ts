import { expect, test } from 'vitest'
import { measureNameOf } from './measure-name.ts'

test('a field gives its measure a name, where it has one', () => {
  expect(
    ['Temp (C)', 'humidity', '2nd door', 'Größe', '温度', 'speed', `x${'y'.repeat(80)}`].map(measureNameOf),
  ).toEqual(['temp_c', 'humidity', 'nd_door', 'gro_e', '', '', `x${'y'.repeat(62)}`])
})
