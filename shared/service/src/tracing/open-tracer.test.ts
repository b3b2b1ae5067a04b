import { expect, onTestFinished, test } from 'vitest'
import { MOST_REMOTE_A_SECOND, type OpenTracer, openTracer } from './open-tracer.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const remote = (flags: string) => ({ traceparent: `00-${TRACE}-00f067aa0ba902b7-${flags}` })

const open = (sampleRatio: number, now: () => number = () => 0): OpenTracer => {
  // Nobody listens there: what is recorded is dropped.
  const tracer = openTracer({ url: 'http://127.0.0.1:9/v1/traces', sampleRatio, service: 'test', version: '1', now })
  onTestFinished(() => tracer.close())
  return tracer
}

test('a span that follows others is in their trace, and sampled as they say, whatever the ratio', () => {
  const tracer = open(0)
  expect(tracer.start('follows', { parent: remote('01') })?.context.traceparent.slice(3, 35)).toBe(TRACE)
  expect(tracer.start('follows', { parent: remote('00') })).toBeUndefined()
  expect(tracer.start('begins')).toBeUndefined()
})

test('what is malformed begins a trace of its own', () => {
  const started = open(1).start('begins', { parent: { traceparent: 'malformed' }, links: [{ traceparent: 'no' }] })
  expect(started!.context.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/)
  expect(started!.context.traceparent).not.toContain(TRACE)
})

test('of spans that follow other processes only so many a second are recorded; their own children all are', () => {
  let now = 0
  const tracer = open(0, () => now)
  const many = () => Array.from({ length: 300 }, () => tracer.start('follows', { parent: remote('01') }))
  const first = many().filter((span) => span !== undefined)
  expect(first.length).toBe(MOST_REMOTE_A_SECOND)
  expect(tracer.start('child', { parent: first[0].context })).toBeDefined()
  now = 1_000
  expect(many().filter((span) => span !== undefined).length).toBe(MOST_REMOTE_A_SECOND)
})
