import { faultOf, type PositionFault, textFaultOf } from './position.ts'
import type { Positions } from './positions.ts'

/**
 * The one judgement of a message's rows, the same at every intake: collector, finders' tail, live page, replay of dead letters.
 * @param latestMs the latest time that is believed, ms since the epoch
 * @returns what is wrong with a row, if anything
 */
export const judgeRows = (rows: Positions, latestMs: number): ((row: number) => PositionFault | undefined) => {
  const { vehicleIdOffsets, vehicleType, eventTime, longitude, latitude } = rows
  const typeBytes = Int32Array.from(rows.vehicleTypes, textBytes)
  return (row) =>
    faultOf(eventTime[row], longitude[row], latitude[row], latestMs) ??
    textFaultOf(vehicleIdOffsets[row + 1] - vehicleIdOffsets[row], typeBytes[vehicleType[row]])
}

const utf8 = new TextEncoder()

/** What a text takes as UTF-8. */
export const textBytes = (text: string): number => utf8.encode(text).length
