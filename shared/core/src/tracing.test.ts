import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSampled, readTraceContext } from './tracing.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${SPAN}-01`

test('a trace context is taken as it is, and says whether it is sampled', () => {
  expect(readTraceContext(traceparent, 'vendor=1')).toEqual({ traceparent, tracestate: 'vendor=1' })
  expect(readTraceContext(traceparent, undefined)).toEqual({ traceparent })
  expect(
    ['00', '01', '02', '03', 'ff'].map((flags) => isSampled({ traceparent: `00-${TRACE}-${SPAN}-${flags}` })),
  ).toEqual([false, true, false, true, true])
})

test('what is malformed counts as not said', () => {
  const malformed = [
    undefined,
    '',
    'x',
    traceparent.toUpperCase(),
    `${traceparent}-00`,
    ` ${traceparent}`,
    `${traceparent}\n`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    traceparent.repeat(100_000),
  ]
  expect(malformed.map((text) => readTraceContext(text, 'vendor=1'))).toEqual(malformed.map(() => undefined))
})

test('a tracestate that is too long, or is no text of a header, is left out', () => {
  const states = ['x'.repeat(513), 'a=\n', 'a=é', '\0']
  expect(states.map((state) => readTraceContext(traceparent, state))).toEqual(states.map(() => ({ traceparent })))
})

test('whatever is said, what is kept is bounded', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ maxLength: 2_000 }), (parent, state) => {
      const read = readTraceContext(parent, state)
      return read === undefined || (read.traceparent.length === 55 && (read.tracestate ?? '').length <= 512)
    }),
  )
})
