import { generatedVehicleId } from '@fleetlake/contracts'
import type { Share } from '../core/share.ts'

/** The ids of a share's vehicles in UTF-8: that of the n-th is `bytes[offsets[n]] … bytes[offsets[n + 1]]`. */
export interface VehicleIds {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

const utf8 = new TextEncoder()

/** @param prefix what the ids of the run begin with */
export const encodeVehicleIds = ({ first, stride, count }: Share, prefix: string): VehicleIds => {
  const ids = Array.from({ length: count }, (_, n) => utf8.encode(generatedVehicleId(prefix, first + n * stride)))
  const offsets = new Int32Array(count + 1)
  ids.forEach(({ length }, n) => {
    offsets[n + 1] = offsets[n] + length
  })
  const bytes = new Uint8Array(offsets[count])
  ids.forEach((id, n) => bytes.set(id, offsets[n]))
  return { offsets, bytes }
}
