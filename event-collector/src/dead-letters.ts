import { encodePositions, positionsOfRows, rowsOfPositions } from '@fleetlake/contracts'
import type { Positions } from '@fleetlake/core'
import type { BadRow } from './core/take-in.ts'

/** What could not be archived of one message. */
export interface DeadLetter {
  /** `<appId>:<sequence>`: repeated letters have the same. */
  readonly id: string
  readonly partition: number
  readonly payload: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface LetterOrigin {
  readonly appId: string
  readonly partition: number
  readonly stream: string
  readonly sequence: number
  readonly contentType: string | undefined
}

const headersOf = (
  { stream, sequence, contentType }: LetterOrigin,
  reason: string,
  rows: number,
): Record<string, string> => ({
  'fleet-reason': reason.replaceAll(/[\r\n]+/g, ' ').slice(0, 500),
  'fleet-rows': String(rows),
  'fleet-stream': stream,
  'fleet-sequence': String(sequence),
  'fleet-content-type': contentType ?? '',
})

/** The letter of a message that can't be decoded: the message as it was. */
export const letterOfNoise = (origin: LetterOrigin, payload: Uint8Array, reason: string): DeadLetter => ({
  id: `${origin.appId}:${origin.sequence}`,
  partition: origin.partition,
  payload: payload.slice(),
  headers: headersOf(origin, reason, 0),
})

/** The letter of a message with rows that can't be true: those rows, each with its reason. */
export const letterOfRows = (origin: LetterOrigin, rows: Positions, bad: readonly BadRow[]): DeadLetter => {
  const counts = Map.groupBy(bad, ({ reason }) => reason)
  const [mostFrequent] = [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]
  const all = rowsOfPositions(rows)
  const payload = encodePositions(
    positionsOfRows(bad.map(({ index }) => all[index])),
    bad.map(({ reason }) => reason),
  )
  return {
    id: `${origin.appId}:${origin.sequence}`,
    partition: origin.partition,
    payload,
    headers: headersOf(origin, mostFrequent, bad.length),
  }
}
