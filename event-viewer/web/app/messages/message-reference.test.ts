import { messages } from '@fleetlake/contracts'
import { expect, test } from 'vitest'
import { EVENT_HEADERS, findMessages, JSON_MOVE_FIELDS, MESSAGE_ENTRIES } from './message-reference.ts'

const typesOf = (words: string): string[] => findMessages(MESSAGE_ENTRIES, words).map(({ type }) => type)

test('every message is told of, with its fields or with what its bytes are', () => {
  expect(MESSAGE_ENTRIES.map(({ type }) => type)).toEqual(Object.values(messages).map(({ type }) => type))
  expect(MESSAGE_ENTRIES.filter(({ fields, data }) => fields.length > 0 === (data !== undefined))).toEqual([])
})

test('a field is told with its type, whether it must be there, and what it means', () => {
  const start = MESSAGE_ENTRIES.find(({ type }) => type === 'start-generation')!
  expect(start.fields.find(({ name }) => name === 'options.vehicles')).toEqual({
    name: 'options.vehicles',
    type: 'whole number ≥ 1 and ≤ 10,000,000',
    presence: 'default `1500`',
    description: 'number of vehicles',
  })
})

test('words find the messages that have all of them', () => {
  expect(typesOf('HEARTBEAT')).toEqual(['heartbeat'])
  expect(typesOf('speedFactor generation.agent')).toEqual(['generate-partition'])
  expect(typesOf('  ')).toHaveLength(MESSAGE_ENTRIES.length)
  expect(typesOf('no such words')).toEqual([])
})

test('the headers of all messages and a move as JSON are told too', () => {
  expect(EVENT_HEADERS.map(({ name }) => name)).toContain('ce-id')
  expect(JSON_MOVE_FIELDS.map(({ name }) => name)).toContain('vehicle_id')
})
