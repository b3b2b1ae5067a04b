import type { Positions } from '@fleetlake/columnar'
import type { GapsUsed } from '../gaps/gap.ts'

/** Text is written as UTF-8. Bytes are the writer's own: a caller may keep them. */
export type Piece = string | Uint8Array

/**
 * Found positions as a file, piece by piece: `head`, then `rows` for each batch, then `tail`. A piece may be empty; what is held back
 * for a later one is bounded. Column names are those at rest. Measures come after the columns of every position, in the order of the answer: the first batch
 * says which there are, as described at `createAnswerMeasures`.
 */
export interface AnswerFormat {
  head(): Piece
  /** @throws FleetError `query.invalid` for a measure that the first rows did not have, or had in another type: nothing is left out silently */
  rows(batch: Positions): Piece
  /** @param status of the answer: formats that have a place for it say whether they are complete */
  tail(status: string): Piece
  /** What counted as a gap, of formats that show gaps; known after `tail`, undefined without a row. */
  gaps?(): GapsUsed | undefined
}

const utf8 = new TextEncoder()

/** Pieces as one. */
export const joinBytes = (pieces: readonly Piece[]): Uint8Array => {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? utf8.encode(piece) : piece))
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
