import { encodePositions, positionsOfRows } from '@fleetlake/columnar'
import { expect, test } from 'vitest'
import { contentOf } from './content-type.ts'
import { decodeMove } from './decode-move.ts'

test('a content type is known by its name, in any case and with any parameters', () => {
  const json = [
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;charset="UTF-8"; v=1',
  ]
  expect(json.map(contentOf)).toEqual(json.map(() => 'json'))
  const arrow = ['application/vnd.apache.arrow.stream', 'APPLICATION/vnd.apache.arrow.stream;x=y']
  expect(arrow.map(contentOf)).toEqual(arrow.map(() => 'arrow'))
  const others = [
    undefined,
    '',
    ';',
    'json',
    'text/json',
    'application/jsonl',
    'application/json, text/plain',
    'application/vnd.apache.arrow.file',
  ]
  expect(others.map(contentOf)).toEqual(others.map(() => undefined))
})

test('another content type is refused with what was sent and what is taken', () => {
  const payload = encodePositions(
    positionsOfRows([{ vehicleId: 'v', vehicleType: 'bus', eventTime: 1, longitude: 1, latitude: 2 }]),
  )
  expect(decodeMove(payload, 'application/vnd.apache.arrow.stream; codec=none').rows).toMatchObject({ length: 1 })
  const taken = 'application/json and application/vnd.apache.arrow.stream are taken'
  expect(decodeMove(payload, 'text/plain')).toEqual({ reason: `the content type is "text/plain": ${taken}` })
  expect(decodeMove(payload, 'te"xt\u0007')).toEqual({ reason: `the content type is "te\\"xt\\u0007": ${taken}` })
  for (const missing of [undefined, '', ' ']) {
    expect(decodeMove(payload, missing)).toEqual({ reason: `the message has no header content-type: ${taken}` })
  }
  expect(decodeMove(payload, 'x'.repeat(10_000)).reason!.length).toBeLessThan(300)
})
