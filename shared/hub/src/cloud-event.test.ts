import { CloudEvent } from 'cloudevents'
import fc from 'fast-check'
import { headers, MsgHdrsImpl, type Msg } from '@nats-io/nats-core'
import { expect, test } from 'vitest'
import { decodeEvent, encodeEvent, headerOf, headersOf, type EventAttributes } from './cloud-event.ts'

const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => text.isWellFormed())
const attributes: fc.Arbitrary<EventAttributes> = fc
  .record(
    {
      id: word,
      source: word,
      subject: word,
      type: fc.constantFrom('move', 'vehicle-query'),
      time: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
        .map((date) => date.toISOString()),
      contentType: fc.constantFrom('application/json', 'application/vnd.apache.arrow.stream'),
    },
    { requiredKeys: ['id', 'source', 'type', 'time', 'contentType'] },
  )
  // Bound to fast-check's own prototype-less records otherwise.
  .map((record) => ({ ...record }))

test('what is encoded is decoded, whatever characters the attributes hold', () => {
  fc.assert(
    fc.property(attributes, (event) => {
      expect(decodeEvent(MsgHdrsImpl.decode(encodeEvent(event)))).toEqual(event)
    }),
  )
})

test('the attributes are those of a CloudEvent 1.0 by the rules of its library', () => {
  const event = {
    id: 'r/a/3/1',
    type: 'move',
    source: '/fleetlake/event-generator/a1',
    time: '2026-01-02T03:04:05.678Z',
    contentType: 'application/json',
  }
  const decoded = MsgHdrsImpl.decode(encodeEvent(event))
  const attribute = (name: string): string => decoded.get(`ce-${name}`)
  const checked = new CloudEvent({
    specversion: attribute('specversion'),
    id: attribute('id'),
    type: attribute('type'),
    source: attribute('source'),
    time: attribute('time'),
    datacontenttype: decoded.get('content-type'),
  })
  expect(checked.validate()).toBe(true)
  expect(decoded.keys()).toEqual(['ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'ce-time', 'content-type'])
})

test('a value that holds line breaks stays one header', () => {
  const event = { id: '1', type: 'move', source: 's', time: '2026-01-02T03:04:05Z', contentType: 'c' }
  const decoded = MsgHdrsImpl.decode(encodeEvent(event, { 'fleet-reason': 'two\r\nce-id: 7\nlines' }))
  expect(decoded.get('fleet-reason')).toBe('two ce-id: 7 lines')
  expect(decoded.values('ce-id')).toEqual(['1'])
})

test.each<[string, Record<string, string>]>([
  ['none at all', {}],
  ['no id', { 'ce-specversion': '1.0', 'ce-type': 'move', 'ce-source': 's' }],
  ['another version', { 'ce-specversion': '0.3', 'ce-id': '1', 'ce-type': 'move', 'ce-source': 's' }],
])('headers with %s are no event', (_, given) => {
  const noEvent = headers()
  for (const name in given) noEvent.set(name, given[name])
  expect(decodeEvent(noEvent)).toBeUndefined()
})

test('names of headers match whatever their case', () => {
  const given = headers()
  given.set('Ce-Id', '7')
  expect([headerOf(given, 'ce-id'), headerOf(given, 'ce-type'), headerOf(undefined, 'ce-id')]).toEqual([
    '7',
    undefined,
    undefined,
  ])
})

test('headers that are noise are like none', () => {
  const noise = {
    get headers(): never {
      throw new Error('not a header')
    },
  } as unknown as Msg
  expect(headersOf(noise)).toBeUndefined()
})
