/** The key of Parquet's metadata under which our own exports say what their measures are. */
export const MEASURES_KEY = 'fleet:measures'

const MOST_CHARACTERS = 256 * 1024
const LONGEST_UNIT = 40

/** The units that our own exports say of their measures, by name; none where the text says none. */
export const unitsOfMeasures = (text: string | undefined): ReadonlyMap<string, string> => {
  const units = new Map<string, string>()
  if (text === undefined || text.length > MOST_CHARACTERS) return units
  for (const measure of listOf(text)) {
    if (typeof measure !== 'object' || measure === null) continue
    const { name, unit } = measure as Readonly<Record<string, unknown>>
    if (typeof name === 'string' && typeof unit === 'string' && unit.length <= LONGEST_UNIT) units.set(name, unit)
  }
  return units
}

const listOf = (text: string): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
