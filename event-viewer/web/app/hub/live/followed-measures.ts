import {
  isTextMeasure,
  type JudgedRows,
  judgeRows,
  judgeTexts,
  MAX_MEASURES,
  type MeasureColumn,
  measureValue,
  type Positions,
} from '@fleetlake/columnar'
import { describedMeasure } from '@fleetlake/viewer-core'
import type { FollowedMeasures, LiveMeasure } from './live-frame.ts'
import type { RowBounds } from './live-vehicles.ts'

/**
 * The last value of each measure of one vehicle, the one that is followed: of all others nothing is kept, and rows without measures are not looked at. What is
 * older than the value that is held changes nothing.
 */
export interface FollowedVehicle {
  /** Forgets the measures unless they are of this vehicle, and sends them again. */
  follow(id: string | undefined): void
  /** Rows are judged as those of all vehicles are. */
  take(rows: Positions, bounds: Pick<RowBounds, 'latestMs' | 'recentMs'>): void
  /** All that is held, when it is other than when it was asked last. */
  takeNews(): FollowedMeasures | undefined
}

const utf8 = new TextEncoder()

export const createFollowedVehicle = (): FollowedVehicle => {
  let id: string | undefined
  let bytes = new Uint8Array(0)
  const held = new Map<string, LiveMeasure>()
  let isNews = false

  const isFollowed = ({ vehicleIdOffsets: at, vehicleIdBytes: all }: Positions, row: number): boolean => {
    if (at[row + 1] - at[row] !== bytes.length) return false
    for (let i = bytes.length - 1; i >= 0; i--) if (all[at[row] + i] !== bytes[i]) return false
    return true
  }
  const takeRow = (measures: readonly MeasureColumn[], row: number, timeMs: number): void => {
    for (const column of measures) {
      const { name, unit, description } = describedMeasure(column.spec)
      const known = held.get(name)
      if (known === undefined ? held.size >= MAX_MEASURES : known.timeMs >= timeMs) continue
      if (isTextMeasure(column) ? column.codes[row] < 0 : Number.isNaN(column.values[row])) continue
      const value = measureValue(column, row)!
      held.set(name, {
        name,
        value,
        timeMs,
        ...(unit === undefined ? {} : { unit }),
        ...(description === undefined ? {} : { description }),
      })
      isNews = true
    }
  }
  return {
    follow: (next) => {
      isNews = held.size > 0
      if (next === id) return
      id = next
      bytes = utf8.encode(next ?? '')
      held.clear()
      isNews = false
    },
    take: (sent, { latestMs, recentMs }) => {
      if (id === undefined || sent.measures.length === 0) return
      const { rows } = judgeTexts(sent)
      let judged: JudgedRows | undefined
      for (let row = 0; row < rows.length; row++) {
        if (!isFollowed(rows, row) || rows.eventTime[row] < recentMs) continue
        judged ??= judgeRows(rows, latestMs)
        if (judged.faultAt(row) === undefined) takeRow(rows.measures, row, rows.eventTime[row])
      }
    },
    takeNews: () => {
      if (!isNews || id === undefined) return undefined
      isNews = false
      return { id, measures: [...held.values()] }
    },
  }
}
