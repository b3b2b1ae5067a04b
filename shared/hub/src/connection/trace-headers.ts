import { isSampled, readTraceContext, type TraceContext } from '@fleetlake/core'

/** The extension "distributed tracing" of CloudEvents, in the headers of a message; none where nothing is traced. */
export const traceHeaders = (trace: TraceContext | undefined): Readonly<Record<string, string>> => {
  if (trace === undefined) return {}
  const { traceparent, tracestate } = trace
  return { 'ce-traceparent': traceparent, ...(tracestate === undefined ? {} : { 'ce-tracestate': tracestate }) }
}

/**
 * What a message says of its trace: by CloudEvents' extension, else by W3C's own headers, as programs send that know nothing of CloudEvents. Malformed headers count as
 * none; a trace that its sender does not record is passed over.
 */
export const traceOf = (header: (name: string) => string | undefined): TraceContext | undefined => {
  const trace =
    readTraceContext(header('ce-traceparent'), header('ce-tracestate')) ??
    readTraceContext(header('traceparent'), header('tracestate'))
  return trace !== undefined && isSampled(trace) ? trace : undefined
}
