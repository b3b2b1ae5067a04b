import { type ObjectStore, rowsOfFile, type Snapshot } from '@fleetlake/archive'
import { measureValue, textAt } from '@fleetlake/columnar'
import { dayOf, periodOfDate } from '@fleetlake/core'
import { INTERVAL_CLASSES } from '../presence/intervals.ts'

/** What projections come to by brute force, written plainly: nothing of the fold is in it. */

/** A report as it is in the table. */
export interface PlainReport {
  readonly date: string
  readonly cell: string
  readonly vehicle: string
  readonly type: string
  readonly time: number
  readonly x: number
  readonly y: number
  readonly speed: number
  readonly heading: number
  readonly revision: number | null
  readonly measures: Readonly<Record<string, unknown>>
}

type IsWanted = (file: { readonly date: string }) => boolean

const allRows = async (store: ObjectStore, snapshot: Snapshot, isWanted: IsWanted): Promise<PlainReport[]> => {
  const found: PlainReport[] = []
  for (const file of [...snapshot.files()].filter(isWanted)) {
    for await (const rows of rowsOfFile(store, file, snapshot.measures)) {
      for (let i = 0; i < rows.length; i++) {
        const { revision = null, ...measures } = Object.fromEntries(
          rows.measures
            .map((column) => [column.spec.name, measureValue(column, i)] as const)
            .filter(([, value]) => value !== null)
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
        found.push({
          date: file.date,
          cell: file.cell,
          vehicle: textAt(rows.vehicleIds, rows.vehicle[i]),
          type: rows.vehicleTypes[rows.vehicleType[i]],
          time: rows.eventTime[i],
          x: rows.longitude[i],
          y: rows.latitude[i],
          speed: rows.speed[i],
          heading: rows.heading[i],
          revision: revision as number | null,
          measures,
        })
      }
    }
  }
  return found
}

/** Of the rows that differ in nothing but the revision (speed, heading and type are not looked at) the one with the smallest. */
export const distinctReports = async (
  store: ObjectStore,
  snapshot: Snapshot,
  isWanted: IsWanted = () => true,
): Promise<PlainReport[]> => {
  const distinct = new Map<string, PlainReport>()
  for (const row of await allRows(store, snapshot, isWanted)) {
    const key = JSON.stringify([row.vehicle, row.time, row.x, row.y, row.measures])
    const other = distinct.get(key)
    if (other === undefined || (row.revision ?? -Infinity) < (other.revision ?? -Infinity)) distinct.set(key, row)
  }
  return [...distinct.values()]
}

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted()

const classOf = (ms: number): number => INTERVAL_CLASSES.find((seconds) => ms <= seconds * 1_000) ?? 86_400

/** Rows of presence as texts, sorted. */
export const plainPresence = (reports: readonly PlainReport[]): string[] =>
  sorted(
    Array.from(
      Map.groupBy(reports, ({ vehicle, date, cell }) => JSON.stringify([vehicle, date, cell])).values(),
      (some) => {
        const [{ vehicle, date, cell }] = some
        const times = [...new Set(some.map(({ time }) => time))].toSorted((a, b) => a - b)
        const intervals = times.slice(1).map((time, i) => classOf(time - times[i]))
        const counts = Map.groupBy(intervals, (klass) => klass)
        return {
          vehicle,
          day: dayOf(periodOfDate(date).from),
          cell,
          first: times[0],
          last: times.at(-1),
          rows: some.length,
          intervals: [...counts].map(([klass, all]) => [klass, all.length]).toSorted(([a], [b]) => a - b),
        }
      },
    ),
  )

const byRevision = (a: PlainReport, b: PlainReport): number =>
  a.time - b.time ||
  Math.sign((a.revision ?? -Infinity) - (b.revision ?? -Infinity)) ||
  a.x - b.x ||
  a.y - b.y ||
  (a.vehicle < b.vehicle ? -1 : 1)

/** Rows of latest as texts, sorted. Speed, heading and type are not told: of equal reports the table may keep any. */
export const plainLatest = (reports: readonly PlainReport[], bys: readonly string[]): string[] =>
  sorted(
    bys.flatMap((by) => {
      const keyOf = (report: PlainReport): unknown => (by === 'vehicle_id' ? report.vehicle : report.measures[by])
      const keyed = Map.groupBy(
        reports.filter((report) => typeof keyOf(report) === 'string'),
        keyOf,
      )
      return Array.from(keyed, ([key, some]) => {
        const { vehicle, time, x, y, revision } = some.toSorted(byRevision).at(-1)!
        return { by, key, vehicle, time, x, y, revision }
      })
    }),
  )
