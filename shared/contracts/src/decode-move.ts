import { FleetError, reasonOf } from '@fleetlake/core'
import { type Positions, decodePositions, decodeForeignPositions } from '@fleetlake/columnar'
import { contentOf, refusalOf } from './content-type.ts'
import { decodeJsonMove } from './json-move.ts'

export type DecodedMove =
  | { readonly rows: Positions; readonly reason?: undefined }
  | { readonly rows?: undefined; readonly reason: string }

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON. Invariant: it ends in time and memory linear in the
 * bytes, whatever these are.
 * @param contentType the header
 * @returns the reason for anything else: a malformed message must neither stop the reading nor vanish
 */
export const decodeMove = (payload: Uint8Array, contentType: string | undefined): DecodedMove => {
  try {
    switch (contentOf(contentType)) {
      case 'arrow':
        return { rows: decodePositions(payload) ?? decodeForeignPositions(payload) }
      case 'json':
        return { rows: decodeJsonMove(payload) }
      case undefined:
        return { reason: refusalOf(contentType) }
    }
  } catch (error) {
    return { reason: error instanceof FleetError ? error.message : `the JSON is not a position: ${reasonOf(error)}` }
  }
}
