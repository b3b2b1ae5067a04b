import { CONTENT_TYPES, decodeForeignPositions, decodeJsonMove, decodePositions } from '@fleetlake/contracts'
import { FleetError, type Positions, reasonOf } from '@fleetlake/core'

export type Decoded =
  | { readonly rows: Positions; readonly reason?: undefined }
  | { readonly rows?: undefined; readonly reason: string }

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON.
 * @returns the reason for what is none of these: noise must neither stop the reading nor vanish. A promise only where the
 *   slow library is needed.
 */
export const decodeMove = (payload: Uint8Array, contentType: string | undefined): Decoded | Promise<Decoded> => {
  try {
    if (contentType === CONTENT_TYPES.json) return { rows: decodeJsonMove(payload) }
    if (contentType !== CONTENT_TYPES.arrow) return { reason: `content-type ${contentType ?? 'is missing'}` }
    const rows = decodePositions(payload)
    return rows === undefined ? decodeForeign(payload) : { rows }
  } catch (error) {
    return { reason: error instanceof FleetError ? error.message : `the JSON is not a position: ${reasonOf(error)}` }
  }
}

const decodeForeign = async (payload: Uint8Array): Promise<Decoded> => {
  try {
    return { rows: await decodeForeignPositions(payload) }
  } catch (error) {
    return { reason: reasonOf(error) }
  }
}
