import { JetStreamApiError } from '@nats-io/jetstream'
import { expect, test } from 'vitest'
import { refusalOf } from '../broker-error.ts'
import { refusalFrom } from './codes.ts'

test.each([
  ['a stream that is not there', { code: 404, err_code: 10059, description: 'stream not found' }, 'stream-missing'],
  ['what has no name of ours', { code: 400, err_code: 10025, description: 'bad request' }, 'refused'],
  ['a server that can not answer yet', { code: 503, err_code: 10008, description: 'unavailable' }, undefined],
  ['an earlier attempt that is under way', { code: 409, err_code: 10158, description: 'duplicate' }, undefined],
])('%s is refused, or asked again', (_, answer, refusal) => {
  expect(refusalOf(refusalFrom(new JetStreamApiError(answer)))).toBe(refusal)
})
