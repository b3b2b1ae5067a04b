import type { LabelsOf } from '@fleetlake/contracts'
import type { Metrics } from './metrics.ts'

type Operation = LabelsOf<'fleetlake_store_requests_total'>['operation']

/** Counts what is done on the archive's stores; undefined where nobody asks, so that nothing is timed. */
export const countRequests = (
  metrics: Metrics,
): ((operation: Operation, outcome: { readonly isOk: boolean; readonly seconds: number }) => void) | undefined =>
  metrics.isTold
    ? (operation, { isOk, seconds }) => {
        metrics.add('fleetlake_store_requests_total', 1, { operation, result: isOk ? 'ok' : 'failed' })
        metrics.observe('fleetlake_store_request_seconds', seconds, { operation })
      }
    : undefined
