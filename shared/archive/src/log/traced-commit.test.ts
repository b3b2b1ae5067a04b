import { expect, test } from 'vitest'
import { tracedCommitOf, traceInfo } from './traced-commit.ts'

const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }

test('a commit tells its trace, and only it', () => {
  expect(tracedCommitOf(7, { operation: 'WRITE', ...traceInfo(trace) })).toEqual({ version: 7, trace })
  expect(tracedCommitOf(7, { operation: 'WRITE', ...traceInfo(undefined) })).toBeUndefined()
})

test('what another engine wrote under that name counts as not said', () => {
  const said = [null, 1, {}, 'x', trace.traceparent.replace(/01$/, '00'), trace.traceparent.repeat(1_000)]
  expect(said.map((traceparent) => tracedCommitOf(7, { traceparent }))).toEqual(said.map(() => undefined))
})
