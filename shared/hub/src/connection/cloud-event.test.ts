import { CloudEvent } from 'cloudevents'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeEvent, type EventAttributes, eventHeaders } from './cloud-event.ts'

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
      const headers = eventHeaders(event)
      expect(Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true)
      expect(decodeEvent((name) => headers[name])).toEqual(event)
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
  const headers = eventHeaders(event)
  const attribute = (name: string): string => headers[`ce-${name}`]
  const checked = new CloudEvent({
    specversion: attribute('specversion'),
    id: attribute('id'),
    type: attribute('type'),
    source: attribute('source'),
    time: attribute('time'),
    datacontenttype: headers['content-type'],
  })
  expect(checked.validate()).toBe(true)
  expect(Object.keys(headers)).toEqual(['ce-specversion', 'ce-id', 'ce-type', 'ce-source', 'ce-time', 'content-type'])
})

test.each<[string, Record<string, string>]>([
  ['none at all', {}],
  ['no id', { 'ce-specversion': '1.0', 'ce-type': 'move', 'ce-source': 's' }],
  ['another version', { 'ce-specversion': '0.3', 'ce-id': '1', 'ce-type': 'move', 'ce-source': 's' }],
])('headers with %s are no event', (_, given) => {
  expect(decodeEvent((name) => given[name])).toBeUndefined()
})
