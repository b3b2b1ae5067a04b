import { REVISION } from '@fleetlake/columnar'
import type { Period } from '@fleetlake/core'
import type { MotionDeriver } from './derive-motion.ts'
import { type InputRow, isFault, type RowFault } from './input-row.ts'
import type { RowSink } from './partition-sink.ts'
import { type PositionSettings, readPosition } from './read-position.ts'

/** What an import has done so far. */
export interface ImportTally {
  rows: number
  rejected: number
  /** Rejected rows by reason. */
  readonly reasons: Record<string, number>
  vehicles: number
  /** Rows that have each measure that was asked for. */
  readonly measures: Record<string, number>
  /** The earliest and the latest time, inclusive, ms since the epoch. */
  period: Period | undefined
  /** west, south, east, north in degrees. */
  bounds: [number, number, number, number] | undefined
}

export interface ImportRowsOptions {
  readonly settings: PositionSettings
  readonly deriver: MotionDeriver
  /** Of a source that corrects what it said: the revision of each row. */
  readonly nextRevision?: (() => number) | undefined
  readonly sink: RowSink
  /** Keeps a row that is not taken. */
  readonly reject: (row: InputRow, fault: RowFault) => void
  /** Awaited after some rows: this is where a full hub holds the reading up. Ends at once when aborted. */
  readonly pause: () => Promise<void>
  /** Aborted: stops reading; of what was read whole batches are kept. */
  readonly signal: AbortSignal
}

/** @param measures that are asked for */
export const emptyTally = (measures: readonly string[] = []): ImportTally => ({
  rows: 0,
  rejected: 0,
  reasons: {},
  vehicles: 0,
  measures: Object.fromEntries(measures.map((name) => [name, 0])),
  period: undefined,
  bounds: undefined,
})

/**
 * Takes every good row in its order and keeps every bad one with its reason.
 * @param tally is brought up to date as it goes
 */
const knownOr = (value: number | undefined, other: number): number =>
  value === undefined || Number.isNaN(value) ? other : value

export const importRows = async (
  input: AsyncIterable<readonly InputRow[]>,
  tally: ImportTally,
  { settings, deriver, nextRevision, sink, reject, pause, signal }: ImportRowsOptions,
): Promise<void> => {
  const refuse = (row: InputRow, fault: RowFault): void => {
    tally.rejected++
    tally.reasons[fault.reason] = (tally.reasons[fault.reason] ?? 0) + 1
    reject(row, fault)
  }
  for await (const rows of input) {
    for (const row of rows) {
      const position = row.fault ?? readPosition(row.values!, settings)
      if (isFault(position)) {
        refuse(row, position)
        continue
      }
      const { vehicleId, eventTime, longitude, latitude } = position
      const measures =
        nextRevision === undefined ? position.measures : { ...position.measures, [REVISION]: nextRevision() }
      const motion = deriver.next(vehicleId, eventTime, longitude, latitude)
      sink.add({
        ...position,
        speed: knownOr(position.speed, motion.speed),
        heading: knownOr(position.heading, motion.heading),
        ...(measures === undefined ? {} : { measures }),
      })
      count(tally, eventTime, longitude, latitude)
      for (const name in measures) if (Object.hasOwn(tally.measures, name)) tally.measures[name]++
    }
    tally.vehicles = deriver.vehicles()
    await pause()
    // What no whole batch holds is left out: the same import, repeated, makes the whole batch.
    if (signal.aborted) return
  }
  sink.finish()
}

const count = (tally: ImportTally, timeMs: number, longitude: number, latitude: number): void => {
  tally.rows++
  const { period, bounds } = tally
  if (period === undefined || bounds === undefined) {
    tally.period = { from: timeMs, to: timeMs }
    tally.bounds = [longitude, latitude, longitude, latitude]
    return
  }
  if (timeMs < period.from) tally.period = { from: timeMs, to: period.to }
  else if (timeMs > period.to) tally.period = { from: period.from, to: timeMs }
  if (longitude < bounds[0]) bounds[0] = longitude
  if (latitude < bounds[1]) bounds[1] = latitude
  if (longitude > bounds[2]) bounds[2] = longitude
  if (latitude > bounds[3]) bounds[3] = latitude
}
