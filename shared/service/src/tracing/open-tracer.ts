import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  createTraceState,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TracerProvider,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { readTraceContext, type Span, type SpanKind as Kind, type TraceContext, type Tracer } from '@fleetlake/core'

export interface TracerOptions {
  /** OTLP over HTTP, with its path. */
  readonly url: string
  /** Of the traces that begin here. */
  readonly sampleRatio: number
  readonly service: string
  readonly version: string
  /** ms, of any beginning. */
  readonly now?: () => number
}

export interface OpenTracer extends Tracer {
  /** Sends what was recorded, for a few seconds at most. */
  close(): Promise<void>
}

/** Who may ask decides by its header whether it is sampled: more of these are not recorded. */
export const MOST_REMOTE_A_SECOND = 200
const CLOSE_MS = 3_000

const KINDS: Readonly<Record<Kind, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

/** Records the first of each second. */
const createRateSampler = (most: number, now: () => number): Sampler => {
  let second = 0
  let sampled = 0
  return {
    shouldSample: () => {
      const at = Math.floor(now() / 1_000)
      if (at !== second) sampled = 0
      second = at
      return { decision: ++sampled > most ? SamplingDecision.NOT_RECORD : SamplingDecision.RECORD_AND_SAMPLED }
    },
    toString: () => `${most} a second`,
  }
}

/** Of spans of this process: what follows them here is always recorded. */
const own = new WeakSet<TraceContext>()

const spanContextOf = (given: TraceContext): SpanContext | undefined => {
  const { traceparent, tracestate } = given
  // What was read from a log or a message long ago is no better than a header.
  if (readTraceContext(traceparent, tracestate) === undefined) return undefined
  const [, traceId, spanId, flags] = traceparent.split('-')
  return {
    traceId,
    spanId,
    traceFlags: Number(`0x${flags}`) & 1,
    isRemote: !own.has(given),
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  }
}

const traceContextOf = ({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext => {
  const traceparent = `00-${traceId}-${spanId}-0${traceFlags & 1}`
  const tracestate = traceState?.serialize() ?? ''
  const context = tracestate === '' ? { traceparent } : { traceparent, tracestate }
  own.add(context)
  return context
}

const contextOf = (parent: TraceContext | undefined): Context => {
  const context = parent === undefined ? undefined : spanContextOf(parent)
  return context === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, context)
}

const linksOf = (links: readonly TraceContext[]): Link[] =>
  links.flatMap((link) => {
    const context = spanContextOf(link)
    return context === undefined ? [] : [{ context }]
  })

/**
 * Spans by OpenTelemetry's SDK, sent in batches. Invariant: what it holds is bounded, and a receiver that is slow or away costs spans, nothing else. Parents are given, never found in a
 * global context.
 */
export const openTracer = ({
  url,
  sampleRatio,
  service,
  version,
  now = () => performance.now(),
}: TracerOptions): OpenTracer => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    sampler: new ParentBasedSampler({
      root: new TraceIdRatioBasedSampler(sampleRatio),
      remoteParentSampled: createRateSampler(MOST_REMOTE_A_SECOND, now),
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), scheduledDelayMillis: 1_000 })],
  })
  const tracer = provider.getTracer('fleetlake', version)
  return {
    start: (name, { kind = 'internal', parent, links = [], startedMs, attributes = {} } = {}): Span | undefined => {
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: { ...attributes } satisfies Attributes,
          links: linksOf(links),
          ...(startedMs === undefined ? {} : { startTime: startedMs }),
        },
        contextOf(parent),
      )
      if (!span.isRecording()) return undefined
      return {
        context: traceContextOf(span.spanContext()),
        set: (more) => void span.setAttributes({ ...more }),
        end: (fault) => {
          if (fault !== undefined) {
            span.setAttribute('error.type', fault)
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end()
        },
      }
    },
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const patience = setTimeout(resolve, CLOSE_MS)
      await Promise.race([provider.shutdown().catch(() => undefined), promise])
      clearTimeout(patience)
    },
  }
}
