import type { LabelsOf } from '@fleetlake/contracts'
import type { Answering } from '../http/listen.ts'
import type { Metrics } from './metrics.ts'

const classOf = (status: number): LabelsOf<'fleetlake_http_request_seconds'>['status'] => {
  if (status >= 500) return '5xx'
  if (status >= 400) return '4xx'
  return status >= 300 ? '3xx' : '2xx'
}

/** What answers as before, and tells how long that took. */
export const timeRequests = (app: Answering, metrics: Metrics): Answering =>
  metrics.isTold
    ? {
        fetch: async (request, env) => {
          const startedAt = performance.now()
          const response = (await app.fetch(request, env)) as Response
          const seconds = (performance.now() - startedAt) / 1000
          metrics.observe('fleetlake_http_request_seconds', seconds, { status: classOf(response.status) })
          return response
        },
      }
    : app
