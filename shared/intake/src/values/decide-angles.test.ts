import { expect, test } from 'vitest'
import { type AnglesDecision, decideAngles } from './decide-angles.ts'

interface Extra {
  readonly hemispheres?: readonly [x: string, y: string]
  readonly asked?: AnglesDecision['asked']
}

const decide = (xs: readonly unknown[], ys: readonly unknown[], { hemispheres, asked }: Extra = {}): unknown => {
  const decided = decideAngles({
    longitude: { name: 'x', values: xs, hemisphere: hemispheres?.[0] },
    latitude: { name: 'y', values: ys, hemisphere: hemispheres?.[1] },
    asked,
  })
  if ('question' in decided) return decided.question
  return [decided.reading.longitude.kind, decided.reading.latitude.kind, ...decided.notes]
}

test.each([
  ['plain', [116.4, '116.5'], [39.9, '39.8']],
  ['one of many off the globe', [116.4, 116.5, 181, 116.6], [39.9, 39.8, 91, 39.7]],
  ['nothing yet', ['', null], [0, '']],
  ['zeros', [0, 0], [0, 0]],
  ['whole and near to nothing', [1, 2], [1, 0]],
  ['near to Greenwich', [0.12345, -0.12345], [51.5, 51.4]],
  ['with a hemisphere', ['116.4E', '116.5E'], ['39.9N', '39.8N']],
])('%s: %j, %j are degrees', (_, xs, ys) => {
  expect(decide(xs, ys)).toEqual(['degrees', 'degrees'])
})

test('marks of minutes show themselves', () => {
  expect(decide([`116°24'36"E`], [`39°54'0"N`])).toEqual(['text', 'text'])
  expect(decide(['116.41'], ['39 54 0 N'])).toEqual(['degrees', 'text'])
})

test('degrees and minutes without marks are taken where a hemisphere is with them, and asked for where none is', () => {
  const taken = [
    'minutes',
    'minutes',
    'the values of "x" and "y", such as "12131.02", "3114.375", are beyond ±180 and ±90: they are taken for degrees and minutes, ddmm.mmmm',
  ]
  expect(decide(['12131.02', '12131.03'], ['3114.375', '3114.376'], { hemispheres: ['E/W', 'N/S'] })).toEqual(taken)
  expect(decide(['12131.02E'], ['3114.375N'])).toEqual([
    'minutes',
    'minutes',
    'the values of "x" and "y", such as "12131.02E", "3114.375N", are beyond ±180 and ±90: they are taken for degrees and minutes, ddmm.mmmm',
  ])
  // Near to the equator only one of them shows it.
  expect(decide(['12131.02W'], ['0031.375N'])).toEqual(['minutes', 'minutes', expect.any(String)])
  expect(decide([12131.02], [3114.375])).toBe(
    'the values of "x" and "y", such as 12131.02, 3114.375, are beyond ±180 and ±90, and no hemisphere (N, S, E, W) is with them: if they are degrees and minutes, ddmm.mmmm, say --coordinates minutes; metres must be turned into degrees first',
  )
  expect(decide([12131.02], [3114.375], { asked: 'minutes' })).toEqual(['minutes', 'minutes'])
})

test('metres are refused', () => {
  expect(decide([12950123.4], [4865942.3])).toBe(
    'the values of "x" and "y", such as 12950123.4, 4865942.3, are beyond ±180 and ±90: metres of a map projection, such as UTM or Web Mercator, or scaled degrees (as Web Mercator they would be at 116.3329, 40.0000); turn them into decimal degrees of WGS84 first',
  )
  expect(decide(['448251.8'], ['5411932.7'])).toBe(
    'the values of "x" and "y", such as "448251.8", "5411932.7", are beyond ±180 and ±90: metres of a map projection, such as UTM or Web Mercator, or scaled degrees; turn them into decimal degrees of WGS84 first',
  )
  expect(decide([116404000], [39915000])).toContain('or scaled degrees')
})

test('radians are refused, unless a person says that they are degrees', () => {
  expect(decide([2.031634, 2.031635], [0.696658, 0.696659])).toBe(
    'the values of "x" and "y", such as 2.031634, 0.696658, lie within ±π and ±π/2, so that they are radians, or all in the Gulf of Guinea: turn them into degrees first, or say --coordinates degrees if they are',
  )
  expect(decide([2.031634], [0.696658], { asked: 'degrees' })).toEqual(['degrees', 'degrees'])
})

test('what is no coordinate is asked for', () => {
  expect(decide(['116.4, 39.9', '116.5, 39.8', '116.4'], ['39.9', '39.8', '39.7'])).toBe(
    'most values of "x", such as "116.4, 39.9", are no longitudes: name another field with --columns longitude=<field>',
  )
  expect(decide([116.4], ['Beijing'], { asked: 'degrees' })).toContain('are no latitudes')
})

test('columns in the wrong order are asked for', () => {
  expect(decide(['0031.2E'], ['0112.5N'])).toEqual(['minutes', 'minutes', expect.any(String)])
  expect(decide([39.9, 39.8], [116.4, 116.5])).toBe(
    'the latitudes in "y", such as 116.4, are beyond ±90, the longitudes in "x" are not: if they are the other way round, say --columns longitude=y,latitude=x',
  )
})
