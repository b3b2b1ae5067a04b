import type { ProjectionEvent } from '@fleetlake/projections'
import type { Log } from '@fleetlake/service'

/** Between two lines about the progress of a projection that is being built. */
const PROGRESS_MS = 30_000

const of = (table: string, buckets: number): string => `${table} (${buckets} of 64 buckets)`

/**
 * Says what becomes of a projection: where a build begins, how far it is now and then, and its end. What is ordinary is not told.
 * @param now ms of any clock that only goes forwards
 */
export const tellProjection = (
  table: string,
  { log, now = () => performance.now() }: { readonly log: Pick<Log, 'info'>; readonly now?: () => number },
): ((event: ProjectionEvent) => void) => {
  let toldMs = -Infinity
  let dates = 0
  return (event) => {
    const { buckets } = event
    switch (event.what) {
      case 'build':
        toldMs = now()
        dates = 0
        return log.info({ table, buckets }, `${of(table, buckets)} is built, the newest date first: ${event.why}`)
      case 'date':
        dates++
        if (now() - toldMs < PROGRESS_MS) return
        toldMs = now()
        return log.info(
          { table, buckets, date: event.date, dates },
          `${of(table, buckets)} is built down to ${event.date}`,
        )
      case 'complete':
        return log.info({ table, buckets, dates }, `${of(table, buckets)} is whole: every date is in it`)
      case 'replace':
        return log.info(
          { table, buckets, date: event.date },
          `${event.date} of ${of(table, buckets)} was made anew: rows of it were taken out of the archive, or are in other files by now`,
        )
      case 'stale':
        return log.info({ table, buckets }, `another projector went on with ${of(table, buckets)}: its work stands`)
    }
  }
}
