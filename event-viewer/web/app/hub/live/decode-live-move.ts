import { CONTENT_TYPES, decodeJsonMove } from '@fleetlake/contracts'
import { decodeForeignPositions, decodePositions, type Positions } from '@fleetlake/columnar'

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON.
 * @throws what is wrong with a malformed message
 */
export const decodeLiveMove = (payload: Uint8Array, contentType: string | undefined): Positions =>
  contentType === CONTENT_TYPES.json
    ? decodeJsonMove(payload)
    : (decodePositions(payload) ?? decodeForeignPositions(payload))
