import type { Message } from '@fleetlake/contracts'
import type { Positions } from '@fleetlake/columnar'
import type { VehicleBatch } from '@fleetlake/hub'
import { humanCount, plural } from '@fleetlake/viewer-core'
import type { Progress } from '../terminal/progress.ts'

export type QueryProgress = Message<'vehicleQueryProgress'>

/** Of this a progress of 1 is made. */
export const PROGRESS_TOTAL = 1000

/** Shows the progress of a search: what the finders report, and what has arrived. */
export const createSearchProgress = (
  bar: Progress,
): {
  hear(progress: QueryProgress): void
  /** @param onBatch told of each before its rows are given */
  pass(batches: AsyncIterable<VehicleBatch>, onBatch?: (batch: VehicleBatch) => void): AsyncGenerator<Positions>
} => {
  const beganMs = performance.now()
  let told: QueryProgress | undefined
  let received = 0
  const show = (): void => {
    if (told === undefined) return
    const { rows, tasks } = told
    const rate = received / Math.max(0.1, (performance.now() - beganMs) / 1000)
    bar.update(
      rows.total === 0 ? 0 : (PROGRESS_TOTAL * rows.read) / rows.total,
      `${plural(received, 'position')}, ${humanCount(rate)}/s · ${humanCount(rows.read)} of ${humanCount(rows.total)} read, ${humanCount(tasks.done)} of ${plural(tasks.total, 'task')}`,
    )
  }
  return {
    hear: (progress) => {
      told = progress
      show()
    },
    pass: async function* (batches, onBatch) {
      for await (const batch of batches) {
        const { rows } = batch
        onBatch?.(batch)
        received += rows.length
        show()
        yield rows
      }
    },
  }
}
