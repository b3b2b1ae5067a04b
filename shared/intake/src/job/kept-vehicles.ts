import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { crc32 } from 'node:zlib'
import type { VehiclesState } from '../rows/vehicles-state.ts'

/** Where vehicles were last, beside the record of an import: an import that goes on derives speeds as one that ran through. */
export interface KeptVehicles {
  /** @returns what the record says of it; undefined when it is too large to be kept */
  save(state: VehiclesState): Promise<VehiclesMark | undefined>
  /** Undefined where it is not as it was saved. */
  load(mark: VehiclesMark): Promise<VehiclesState | undefined>
  remove(): Promise<void>
}

/** Which of the two files, and the CRC-32 of its bytes. */
export interface VehiclesMark {
  readonly slot: 0 | 1
  readonly crc: number
}

const MOST_BYTES = 64 * 1024 * 1024
/** Of a vehicle beside its id: a time, two coordinates and an offset. */
const VEHICLE_BYTES = 28

/** Invariant: of two files in turn, the one that the record names is whole, whatever ends the import while the other is written. */
export const openKeptVehicles = (path: string, last?: VehiclesMark): KeptVehicles => {
  let slot = last?.slot ?? 1
  const pathOf = (of: 0 | 1): string => `${path}-${of}`
  return {
    save: async (state) => {
      if (state.ids.length + state.times.length * VEHICLE_BYTES > MOST_BYTES) return undefined
      slot = slot === 0 ? 1 : 0
      const bytes = serialize(state)
      const next = `${pathOf(slot)}.next`
      await writeFile(next, bytes)
      await rename(next, pathOf(slot))
      return { slot, crc: crc32(bytes) }
    },
    load: async (mark) => {
      const bytes = await readFile(pathOf(mark.slot)).catch(() => undefined)
      return bytes === undefined || crc32(bytes) !== mark.crc ? undefined : (deserialize(bytes) as VehiclesState)
    },
    remove: async () => {
      for (const each of [0, 1] as const) await rm(pathOf(each), { force: true })
    },
  }
}
