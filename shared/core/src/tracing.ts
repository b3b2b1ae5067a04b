/** Where a span is in its trace, as W3C Trace Context writes it. */
export interface TraceContext {
  readonly traceparent: string
  readonly tracestate?: string
}

export type SpanKind = 'internal' | 'client' | 'server' | 'producer' | 'consumer'

/** Counts and states. Invariant: no vehicle, no area and no person is in them. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanOptions {
  readonly kind?: SpanKind
  /** It begins a trace of its own when missing. */
  readonly parent?: TraceContext | undefined
  /** What else has led to it. */
  readonly links?: readonly TraceContext[]
  /** ms since the epoch; now when missing. */
  readonly startedMs?: number
  readonly attributes?: SpanAttributes
}

/** A piece of work that is recorded. */
export interface Span {
  readonly context: TraceContext
  /** Beside those that it began with. */
  set(attributes: SpanAttributes): void
  /** @param fault the code of an error; a message may name what must not leave */
  end(fault?: string): void
}

/** Records spans. A service whose `tracing.url` is not set has none. */
export interface Tracer {
  /** @returns undefined when the span is not sampled: then nothing is to be recorded, or told to others */
  start(name: string, options?: SpanOptions): Span | undefined
}

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/
const TRACESTATE = /^[\x20-\x7e]*$/
/** What a tracestate has to be passed on at least, and what is passed on at most. */
const LONGEST_TRACESTATE = 512

/**
 * What others say of their trace. Invariant: it is bounded, whatever they say.
 * @returns undefined when it is malformed: it then counts as not said
 */
export const readTraceContext = (
  traceparent: string | undefined,
  tracestate: string | undefined,
): TraceContext | undefined => {
  if (traceparent === undefined || traceparent.length !== 55 || !TRACEPARENT.test(traceparent)) return undefined
  const isKept = tracestate !== undefined && tracestate.length <= LONGEST_TRACESTATE && TRACESTATE.test(tracestate)
  return isKept ? { traceparent, tracestate } : { traceparent }
}

/** Whether its sender records the trace. */
export const isSampled = ({ traceparent }: TraceContext): boolean => (Number(`0x${traceparent.slice(53)}`) & 1) === 1
