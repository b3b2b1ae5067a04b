import { dateOf } from '@fleetlake/core'
import { type Batch, gatherBatch } from '../table/batch.ts'
import { latestColumns } from './latest.ts'

/** Those of some rows of latest whose dates are gone, and which are keyed by one of the columns: nothing else knows of them any more. */
export const goneRowsOf = (rows: Batch, bys: readonly string[], isGone: (date: string) => boolean): Batch => {
  const { length, by, bys: names, eventTime } = latestColumns(rows)
  const isBy = Uint8Array.from({ length: names.count }, (_, code) =>
    Number(bys.includes(Buffer.from(names.at(code)).toString())),
  )
  const order = new Uint32Array(length)
  let chosen = 0
  for (let row = 0; row < length; row++) {
    if (isBy[by[row]] === 1 && isGone(dateOf(eventTime[row]))) order[chosen++] = row
  }
  return gatherBatch(rows, order.subarray(0, chosen))
}
