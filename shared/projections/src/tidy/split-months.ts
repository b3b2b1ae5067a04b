import { dateOf } from '@fleetlake/core'
import { type Batch, daysIn, gatherBatch } from '../table/batch.ts'
import type { ProjectionKind } from '../table/projection-kind.ts'
import { placeOf } from '../table/selection.ts'

const DAY_MS = 86_400_000

const monthOf = (day: number): string => dateOf(day * DAY_MS).slice(0, 'YYYY-MM'.length)

/** The rows of a batch by their month; those of a table without dates are of ''. */
export const splitMonths = (kind: ProjectionKind, batch: Batch): ReadonlyMap<string, Batch> => {
  if (!kind.hasDates) return new Map([['', batch]])
  const days = daysIn(batch.columns[placeOf(kind, 'date')])
  const months = new Map<number, string>()
  const rows = new Map<string, number[]>()
  for (let row = 0; row < batch.length; row++) {
    const day = days[row]
    let month = months.get(day)
    if (month === undefined) months.set(day, (month = monthOf(day)))
    const some = rows.get(month)
    if (some === undefined) rows.set(month, [row])
    else some.push(row)
  }
  if (rows.size === 1) return new Map([[rows.keys().next().value!, batch]])
  return new Map(Array.from(rows, ([month, some]) => [month, gatherBatch(batch, Uint32Array.from(some))]))
}
