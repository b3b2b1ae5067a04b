import { FleetError, type Positions, reasonOf } from '@fleetlake/core'
import { decodePositions } from './arrow/decode.ts'
import { decodeForeignPositions } from './arrow/foreign.ts'
import { decodeJsonMove } from './json-move.ts'
import { CONTENT_TYPES } from './messages.ts'

export type DecodedMove =
  | { readonly rows: Positions; readonly reason?: undefined }
  | { readonly rows?: undefined; readonly reason: string }

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON.
 * @returns the reason for what is none of these: noise must neither stop the reading nor vanish. A promise only where the
 *   slow library is needed.
 */
export const decodeMove = (
  payload: Uint8Array,
  contentType: string | undefined,
): DecodedMove | Promise<DecodedMove> => {
  try {
    if (contentType === CONTENT_TYPES.json) return { rows: decodeJsonMove(payload) }
    if (contentType !== CONTENT_TYPES.arrow) return { reason: `content-type ${contentType ?? 'is missing'}` }
    const rows = decodePositions(payload)
    return rows === undefined ? decodeForeign(payload) : { rows }
  } catch (error) {
    return { reason: error instanceof FleetError ? error.message : `the JSON is not a position: ${reasonOf(error)}` }
  }
}

const decodeForeign = async (payload: Uint8Array): Promise<DecodedMove> => {
  try {
    return { rows: await decodeForeignPositions(payload) }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}
