import { headers, type Msg } from '@nats-io/nats-core'
import { expect, test } from 'vitest'
import { parseAcknowledgement } from './acknowledgement.ts'

const messageOf = (text: string, status?: number): Msg =>
  ({
    data: new TextEncoder().encode(text),
    json: () => JSON.parse(text) as unknown,
    ...(status === undefined ? {} : { headers: headers(status, 'told') }),
  }) as unknown as Msg

const refusal = (error: object): Msg => messageOf(JSON.stringify({ stream: 'MOVES_0', seq: 0, error }))

test('a sequence says that the message is stored', () => {
  expect(parseAcknowledgement(messageOf('{"stream":"MOVES_0","seq":7}'))).toEqual({
    kind: 'stored',
    sequence: 7,
    duplicate: false,
  })
  expect(parseAcknowledgement(messageOf('{"stream":"MOVES_0","seq":7,"duplicate":true}'))).toEqual({
    kind: 'stored',
    sequence: 7,
    duplicate: true,
  })
})

test.each([
  [400, 10054, 'message size exceeds maximum allowed'],
  [400, 10097, 'header size exceeds maximum allowed of 64k'],
  [400, 10060, 'expected stream does not match'],
  [400, 10109, 'invalid operation on sealed stream'],
])('%i %i %s is final', (code, err_code, description) => {
  expect(parseAcknowledgement(refusal({ code, err_code, description }))).toEqual({
    kind: 'rejected',
    reason: description,
    isFull: false,
    isFinal: true,
  })
})

test.each([
  [400, 10002, 'resource limits exceeded for account', false],
  [503, 10023, 'insufficient resources', false],
  [500, 10028, 'insufficient memory resources available', false],
  [500, 10047, 'insufficient storage resources available', false],
  [503, 10077, 'maximum bytes exceeded', true],
  [503, 10077, 'maximum messages exceeded', false],
  [429, 10167, 'too many requests', false],
  [400, 19_999, 'of a server to come', false],
])('%i %i %s passes', (code, err_code, description, isFull) => {
  expect(parseAcknowledgement(refusal({ code, err_code, description }))).toEqual({
    kind: 'rejected',
    reason: description,
    isFull,
    isFinal: false,
  })
})

test('an error without code and reason passes', () => {
  expect(parseAcknowledgement(refusal({}))).toEqual({
    kind: 'rejected',
    reason: 'no reason given',
    isFull: false,
    isFinal: false,
  })
})

test('a partition without stream passes', () => {
  expect(parseAcknowledgement(messageOf('', 503))).toMatchObject({ kind: 'rejected', isFinal: false })
})

test('an id that is in process says nothing about what became of it', () => {
  const error = { code: 409, err_code: 10158, description: 'duplicate message id is in process' }
  expect(parseAcknowledgement(refusal(error))).toEqual({ kind: 'unclear' })
})

test.each([[''], ['null'], ['7'], ['"text"'], ['[]'], ['{}'], ['{"seq":"7"}'], ['{"error":null}'], ['{'], ['+OK']])(
  '%j says nothing',
  (text) => {
    expect(parseAcknowledgement(messageOf(text))).toEqual({ kind: 'unclear' })
  },
)
