import type { Config } from '@fleetlake/contracts'
import { version } from '../version.ts'
import type { OpenTracer } from './open-tracer.ts'

/** Invariant: without `tracing.url` nothing of OpenTelemetry is loaded. */
export const startTracer = async (
  { tracing: { url, sampleRatio } }: Pick<Config, 'tracing'>,
  service: string,
): Promise<OpenTracer | undefined> => {
  if (url === undefined) return undefined
  const { openTracer } = await import('./open-tracer.ts')
  return openTracer({ url, sampleRatio, service, version })
}
