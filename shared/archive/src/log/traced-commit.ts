import { isSampled, readTraceContext, type TraceContext } from '@fleetlake/core'
import type { CommitInfo } from './actions.ts'

/** A commit whose writer has recorded it as a span. */
export interface TracedCommit {
  readonly version: number
  readonly trace: TraceContext
}

const TRACEPARENT = 'traceparent'

/** Fields of a commit's info, of which other engines take no notice; none where nothing is traced. */
export const traceInfo = (trace: TraceContext | undefined): Readonly<Record<string, string>> =>
  trace === undefined ? {} : { [TRACEPARENT]: trace.traceparent }

/** Undefined for one that is not traced; what is malformed counts as not said. */
export const tracedCommitOf = (version: number, info: CommitInfo): TracedCommit | undefined => {
  const said = info[TRACEPARENT]
  const trace = typeof said === 'string' ? readTraceContext(said, undefined) : undefined
  return trace !== undefined && isSampled(trace) ? { version, trace } : undefined
}
