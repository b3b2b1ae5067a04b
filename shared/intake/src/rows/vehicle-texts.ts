import { createIdTable, type Texts } from '@fleetlake/columnar'
import { isFault, type RowFault } from './row-fault.ts'

/** Numbers for the vehicles that the texts of an input name; each distinct text is looked at once. */
export interface VehicleTexts {
  /** The number of the vehicle that `bytes[from, to)` names, dense from 0; texts that mean one vehicle have one number. */
  numberOf(bytes: Uint8Array, from: number, to: number): number | RowFault
  /** Vehicles so far. */
  readonly size: number
  /** The ids as they are stored, by number: views that last until the next call of `numberOf`. */
  ids(): Texts
}

/** @returns the id that is stored for a text, or why there is none */
export type ReadId = (text: string) => string | RowFault

const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const toUtf8 = new TextEncoder()

/** @param first vehicles that have their numbers already */
export const createVehicleTexts = (readId: ReadId, first?: Pick<Texts, 'offsets' | 'bytes'>): VehicleTexts => {
  const texts = createIdTable()
  const vehicles = createIdTable()
  if (first !== undefined)
    for (let i = 1; i < first.offsets.length; i++)
      vehicles.numberOf(first.bytes, first.offsets[i - 1], first.offsets[i])
  /** Of each text; -1 where there is none. */
  let numbers = new Int32Array(1_024).fill(-1)

  return {
    numberOf: (bytes, from, to) => {
      const text = texts.numberOf(bytes, from, to)
      const known = text < numbers.length ? numbers[text] : -1
      if (known >= 0) return known
      const id = readId(fromUtf8.decode(bytes.subarray(from, to)))
      if (isFault(id)) {
        texts.remove(text)
        return id
      }
      if (text >= numbers.length) {
        const more = new Int32Array(2 * numbers.length).fill(-1)
        more.set(numbers)
        numbers = more
      }
      const utf8 = toUtf8.encode(id)
      return (numbers[text] = vehicles.numberOf(utf8, 0, utf8.length))
    },
    get size() {
      return vehicles.size
    },
    ids: vehicles.texts,
  }
}
