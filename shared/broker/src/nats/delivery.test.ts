import { expect, test } from 'vitest'
import { parseDelivery } from './delivery.ts'

const delivery = { sequence: 12_345, delivered: 7, timestampMs: 1_795_235_231_789 }

test.each([
  ['$JS.ACK.MOVES_1.cons.1.12345.7.1795235231789999999.3'],
  ['$JS.ACK.domain.account.MOVES_1.cons.1.12345.7.1795235231789999999.3'],
  ['$JS.ACK.domain.account.MOVES_1.cons.1.12345.7.1795235231789999999.3.random'],
])('%s says sequence, delivery and time', (subject) => {
  expect(parseDelivery(subject)).toEqual(delivery)
})

test.each([[''], ['_INBOX.a.1'], ['$JS.ACK.MOVES_1.cons.1']])('"%s" says nothing', (subject) => {
  expect(parseDelivery(subject)).toBeUndefined()
})
