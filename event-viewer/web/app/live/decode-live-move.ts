import { CONTENT_TYPES, decodeForeignPositions, decodeJsonMove, decodePositions } from '@fleetlake/contracts'
import type { Positions } from '@fleetlake/core'

/**
 * The rows of a `move`: Arrow in our layout, any other Arrow, or one position as JSON.
 * @returns a promise only where the slow library is needed
 * @throws or rejects with whatever is wrong with what is none of these
 */
export const decodeLiveMove = (payload: Uint8Array, contentType: string | undefined): Positions | Promise<Positions> =>
  contentType === CONTENT_TYPES.json
    ? decodeJsonMove(payload)
    : (decodePositions(payload) ?? decodeForeignPositions(payload))
