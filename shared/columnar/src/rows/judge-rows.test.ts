import { expect, test } from 'vitest'
import { judgeRows } from './judge-rows.ts'

test('a row is believed if its time and place are, and its id and type take 1 to 255 bytes of UTF-8', () => {
  const texts = ['', 'v', 'x'.repeat(255), 'x'.repeat(256), 'é'.repeat(127), 'é'.repeat(128)]
  const utf8 = new TextEncoder()
  const ends = texts.map((_, i) => utf8.encode(texts.slice(0, i + 1).join('')).length)
  const verdictsOf = (type: string, latitude: number): unknown[] => {
    const { faultAt } = judgeRows(
      {
        length: texts.length,
        vehicleIdOffsets: Int32Array.of(0, ...ends),
        vehicleIdBytes: utf8.encode(texts.join('')),
        vehicleType: new Int32Array(texts.length).fill(1),
        vehicleTypes: ['other', type],
        measures: [],
        eventTime: new Float64Array(texts.length),
        longitude: new Float64Array(texts.length).fill(1),
        latitude: new Float64Array(texts.length).fill(latitude),
        speed: new Float32Array(texts.length),
        heading: new Float32Array(texts.length),
      },
      0,
    )
    return texts.map((_, i) => faultAt(i))
  }
  const [missing, long] = ['vehicle-id-missing', 'text-too-long']
  expect(verdictsOf('bus', 0)).toEqual([missing, undefined, undefined, long, undefined, long])
  expect(verdictsOf('é'.repeat(127), 0)).toEqual([missing, undefined, undefined, long, undefined, long])
  expect(verdictsOf('é'.repeat(128), 0)).toEqual(texts.map(() => long))
  expect(verdictsOf('', 0).slice(0, 2)).toEqual([missing, 'vehicle-type-missing'])
  expect(verdictsOf('', 91)).toEqual(texts.map(() => 'off-the-globe'))
})
