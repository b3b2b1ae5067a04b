import { latestColumns } from '../latest/latest.ts'
import { rowsOfPresence } from '../presence/presence-rows.ts'
import type { Batch } from '../table/batch.ts'

/** Rows of projections as the oracle tells them. */

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

export const presenceTexts = (batch: Batch, isWanted: (day: number) => boolean = () => true): string[] =>
  rowsOfPresence(batch)
    .filter(({ day }) => isWanted(day))
    .map(({ vehicleId: vehicle, intervals, ...row }) => JSON.stringify({ vehicle, ...row, intervals: [...intervals] }))
    .toSorted()

export const latestTexts = (batch: Batch): string[] => {
  const rows = latestColumns(batch)
  return Array.from({ length: rows.length }, (_, i) =>
    JSON.stringify({
      by: decode(rows.bys.at(rows.by[i])),
      key: decode(rows.keys.at(rows.key[i])),
      vehicle: decode(rows.vehicleIds.at(rows.vehicle[i])),
      time: rows.eventTime[i],
      x: rows.longitude[i],
      y: rows.latitude[i],
      revision: Number.isNaN(rows.revision[i]) ? null : rows.revision[i],
    }),
  ).toSorted()
}
