import { faultOf, MAX_TEXT_BYTES, type PositionFault, type TextFault } from '@fleetlake/core'
import { measureTextFaultsOf } from './fit-measures.ts'
import type { Positions } from './positions.ts'
import { trimmedText } from './sanitise.ts'
import { hasBlankIds, mayBeBlank, trimmedRows } from './trimmed-rows.ts'

/** The rows of a message as an intake takes them. */
export interface JudgedRows {
  /** Their ids and types without the blanks around them; the message's own where none has any. */
  readonly rows: Positions
  /** What is wrong with a row, if anything. */
  faultAt(row: number): PositionFault | undefined
}

/**
 * The one judgement of a message's rows at every intake: collector, finders' tail, live page, replay of dead letters. (Loops that must be
 * fast ask `judgeTexts` and `faultOf` themselves.)
 * @param latestMs the latest time that is believed, ms since the epoch
 * @param measureFaults those of `fitMeasures`; who does not know the table's columns looks at the lengths of texts only
 */
export const judgeRows = (sent: Positions, latestMs: number, measureFaults = measureTextFaultsOf(sent)): JudgedRows => {
  const { rows, faults } = judgeTexts(sent)
  return {
    rows,
    faultAt: (row) =>
      faultOf(rows.eventTime[row], rows.longitude[row], rows.latitude[row], latestMs) ??
      faults?.[row] ??
      measureFaults?.[row],
  }
}

/** Rows whose ids and types are trimmed. */
export interface JudgedTexts {
  readonly rows: Positions
  /** What is wrong with each row's id or type; undefined when all are right, as nearly always. */
  readonly faults: readonly (TextFault | undefined)[] | undefined
}

/** The rows with their ids and types as they are kept, and which of these can't be. Looks at two bytes of an id, as a rule. */
export const judgeTexts = (sent: Positions): JudgedTexts => {
  const { length, vehicleIdOffsets, vehicleIdBytes, vehicleTypes } = sent
  let isRight = vehicleTypes.every(isShort)
  /** 0 while no id can have blanks around it. */
  let edges = 0
  let from = vehicleIdOffsets[0]
  for (let i = 0; i < length; i++) {
    const to = vehicleIdOffsets[i + 1]
    if (to > from && to - from <= MAX_TEXT_BYTES) {
      edges |= mayBeBlank(vehicleIdBytes[from]) | mayBeBlank(vehicleIdBytes[to - 1])
    } else {
      isRight = false
      edges = 1
    }
    from = to
  }
  const hasBlanks = (edges !== 0 && hasBlankIds(sent)) || vehicleTypes.some((type) => trimmedText(type) !== type)
  const rows = hasBlanks ? trimmedRows(sent) : sent
  return { rows, faults: isRight && !hasBlanks ? undefined : textFaultsOf(rows) }
}

const textFaultsOf = ({
  length,
  vehicleIdOffsets,
  vehicleType,
  vehicleTypes,
}: Positions): (TextFault | undefined)[] => {
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
