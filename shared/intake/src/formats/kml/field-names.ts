import { wellKnownMeasure } from '@fleetlake/columnar'
import { unknownName } from '../building/field-name.ts'
import { parseDecimal } from '../building/parse-decimal.ts'
import type { BlockBuilder, SetValue } from '../building/build-block.ts'

/** The fields that a document's data become. KML has no units: where a schema tells them behind the name, as our own exports do ("speed, m/s"), a speed is one. */
export interface FieldNames {
  /** @param displayName what a schema calls the data of a name */
  describe(name: string, displayName: string): void
  /** Gives the row in hand a value; an empty text is none. */
  set(name: string, text: string): void
  size(): number
}

/** Units of the columns that an array may hold. */
const UNITS: Readonly<Record<string, string>> = { speed: 'm/s', heading: 'degrees' }

export const createFieldNames = (fields: Pick<BlockBuilder, 'number' | 'value'>): FieldNames => {
  /** Names that mean what they say. */
  const meant = new Set(['vehicle_type'])
  const setters = new Map<string, SetValue<string>>()

  const setterOf = (name: string): SetValue<string> => {
    if (!meant.has(name)) return fields.value(unknownName(name))
    if (UNITS[name] === undefined) return fields.value(name)
    const set = fields.number(name)
    return (text) => set(parseDecimal(text))
  }
  return {
    describe: (name, displayName) => {
      const unit = UNITS[name] ?? wellKnownMeasure(name)?.unit
      if (unit === undefined || displayName !== `${name}, ${unit}`) return
      meant.add(name)
      setters.delete(name)
    },
    set: (name, text) => {
      if (text === '') return
      let set = setters.get(name)
      if (set === undefined) setters.set(name, (set = setterOf(name)))
      set(text)
    },
    size: () => setters.size,
  }
}
