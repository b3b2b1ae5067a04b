import { faultOf, MAX_TEXT_BYTES, type PositionFault, type TextFault } from '@fleetlake/core'
import { measureTextFaultsOf } from './fit-measures.ts'
import type { Positions } from './positions.ts'

/**
 * The one judgement of a message's rows at every intake: collector, finders' tail, live page, replay of dead letters. (Loops that must be
 * fast ask `faultOf` and `textFaultsOf` themselves.)
 * @param latestMs the latest time that is believed, ms since the epoch
 * @param measureFaults those of `fitMeasures`; who does not know the table's columns looks at the lengths of texts only
 * @returns what is wrong with a row, if anything
 */
export const judgeRows = (
  rows: Positions,
  latestMs: number,
  measureFaults = measureTextFaultsOf(rows),
): ((row: number) => PositionFault | undefined) => {
  const textFaults = textFaultsOf(rows)
  return (row) =>
    faultOf(rows.eventTime[row], rows.longitude[row], rows.latitude[row], latestMs) ??
    textFaults?.[row] ??
    measureFaults?.[row]
}

/** What is wrong with each row's id or type; undefined when all are right, as nearly always. */
export const textFaultsOf = (rows: Positions): readonly (TextFault | undefined)[] | undefined => {
  const { length, vehicleIdOffsets, vehicleType, vehicleTypes } = rows
  let isRight = vehicleTypes.every(isShort)
  for (let i = 0; i < length; i++) {
    const bytes = vehicleIdOffsets[i + 1] - vehicleIdOffsets[i]
    if (bytes === 0 || bytes > MAX_TEXT_BYTES) isRight = false
  }
  if (isRight) return undefined
  const typeBytes = Int32Array.from(vehicleTypes, textBytes)
  return Array.from({ length }, (_, i) =>
    textFaultOf(vehicleIdOffsets[i + 1] - vehicleIdOffsets[i], typeBytes[vehicleType[i]]),
  )
}

/** @param idBytes,typeBytes what they take as UTF-8 */
export const textFaultOf = (idBytes: number, typeBytes: number): TextFault | undefined => {
  if (idBytes > MAX_TEXT_BYTES || typeBytes > MAX_TEXT_BYTES) return 'text-too-long'
  if (idBytes === 0) return 'vehicle-id-missing'
  return typeBytes === 0 ? 'vehicle-type-missing' : undefined
}

const utf8 = new TextEncoder()

/** What a text takes as UTF-8. */
export const textBytes = (text: string): number => utf8.encode(text).length

/** Certainly a text within the limit: no character takes more than three bytes. */
const isShort = (text: string): boolean => text !== '' && text.length * 3 <= MAX_TEXT_BYTES
