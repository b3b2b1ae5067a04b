import type { Positions } from '@fleetlake/columnar'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Counts distinct vehicle ids; those of a batch come in runs, of which each is looked up once. */
export const createVehicleCount = (): { add(rows: Positions): void; count(): number } => {
  const seen = new Set<string>()
  return {
    add: ({ length, vehicleIdOffsets: at, vehicleIdBytes: bytes }) => {
      const isAsBefore = (i: number): boolean => {
        const size = at[i + 1] - at[i]
        if (at[i] - at[i - 1] !== size) return false
        for (let k = size - 1; k >= 0; k--) if (bytes[at[i] + k] !== bytes[at[i - 1] + k]) return false
        return true
      }
      for (let i = 0; i < length; i++) {
        if (i === 0 || !isAsBefore(i)) seen.add(decoder.decode(bytes.subarray(at[i], at[i + 1])))
      }
    },
    count: () => seen.size,
  }
}
