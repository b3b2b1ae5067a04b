import { MAX_TEXT_BYTES } from '@fleetlake/core'
import { textBytes } from '@fleetlake/columnar'
import { z } from 'zod'

/** Some vehicles: those with one of these ids, and those whose id begins with one of these texts. */
export interface VisibleVehicles {
  readonly ids: readonly string[]
  /** None is the beginning of another; ascending. */
  readonly prefixes: readonly string[]
}

/** Which vehicles a person may see. */
export type Sight = 'all' | VisibleVehicles

/** Ids of vehicles that one group names, or texts that they begin with. */
export const MAX_PATTERNS = 10_000

/** Of the names of what one person may see: they are a part of each task of a search. */
export const MAX_SIGHT_BYTES = 128 * 1024

/** The id of a vehicle, or what ids begin with and `*`. */
export const vehiclePattern = z
  .string()
  .min(1)
  .max(MAX_TEXT_BYTES + 1)
  .refine((text) => text.isWellFormed(), 'is not Unicode')
  .refine((text) => textBytes(text) <= MAX_TEXT_BYTES + 1, `takes at most ${MAX_TEXT_BYTES} bytes of UTF-8`)
  .refine((text) => !text.slice(0, -1).includes('*'), 'may have a * at its end only')

/** What a list of patterns comes to, said once. */
export const sightOf = (patterns: Iterable<string>): Sight => {
  const all = [...new Set(patterns)]
  const prefixes: string[] = []
  for (const prefix of all.flatMap((text) => (text.endsWith('*') ? [text.slice(0, -1)] : [])).toSorted(byCode)) {
    if (prefix === '') return 'all'
    const last = prefixes.at(-1)
    if (last === undefined || !prefix.startsWith(last)) prefixes.push(prefix)
  }
  const isCovered = createSees({ ids: [], prefixes })
  return { ids: all.filter((text) => !text.endsWith('*') && !isCovered(text)).toSorted(byCode), prefixes }
}

/** Whether a vehicle is one of them, by its id. */
export const createSees = ({ ids, prefixes }: VisibleVehicles): ((id: string) => boolean) => {
  const known = new Set(ids)
  return (id) => known.has(id) || beginsWithOne(prefixes, id)
}

/** Bytes of the names of what is seen. */
export const sightBytes = (sight: Sight): number =>
  sight === 'all' ? 0 : [...sight.ids, ...sight.prefixes].reduce((bytes, text) => bytes + textBytes(text) + 3, 0)

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Only the last one that is not after the id can be its beginning: one between them would begin with it. */
const beginsWithOne = (prefixes: readonly string[], id: string): boolean => {
  let [low, high] = [0, prefixes.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (prefixes[middle] <= id) low = middle + 1
    else high = middle
  }
  return low > 0 && id.startsWith(prefixes[low - 1])
}
