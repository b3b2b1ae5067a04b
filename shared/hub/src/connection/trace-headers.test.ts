import { expect, test } from 'vitest'
import { traceHeaders, traceOf } from './trace-headers.ts'

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const read = (headers: Record<string, string>) => traceOf((name) => headers[name])

test('a trace goes with a message and comes out of it', () => {
  const trace = { traceparent, tracestate: 'vendor=1' }
  expect(traceHeaders(trace)).toEqual({ 'ce-traceparent': traceparent, 'ce-tracestate': 'vendor=1' })
  expect([read(traceHeaders(trace)), read(traceHeaders(undefined))]).toEqual([trace, undefined])
})

test("a program's own headers are read where those of CloudEvents are missing or malformed", () => {
  const other = traceparent.replace('00f0', '11f0')
  expect(read({ traceparent: other })).toEqual({ traceparent: other })
  expect(read({ 'ce-traceparent': traceparent, traceparent: other })).toEqual({ traceparent })
  expect(read({ 'ce-traceparent': 'malformed', traceparent: other })).toEqual({ traceparent: other })
})

test('what its sender does not record is passed over', () => {
  expect(read({ 'ce-traceparent': traceparent.replace(/01$/, '00') })).toBeUndefined()
})
