export * from './area.ts'
export * from './area-size.ts'
export { edgesAtOnce, type MicroBounds } from './area-edges.ts'
export * from './async.ts'
export * from './cell.ts'
export * from './errors.ts'
export { countPositions, type GivenPolygon, givenPolygons, type GivenRing } from './given-polygons.ts'
export * from './great-circle.ts'
export * from './hash.ts'
export * from './parse-json.ts'
export * from './partition.ts'
export * from './place.ts'
export * from './position.ts'
export * from './printable.ts'
export * from './random.ts'
export { dayOf, describeStay, goesAtMs, isLateArrival, type RetentionTime, staysUntilMs } from './retention.ts'
export * from './reuse-array.ts'
export * from './steps.ts'
export * from './swapped-area.ts'
export * from './time-window.ts'
export {
  isSampled,
  readTraceContext,
  type Span,
  type SpanAttributes,
  type SpanKind,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from './tracing.ts'
