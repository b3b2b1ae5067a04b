import { measureNameFault } from '@fleetlake/columnar'
import { MAX_SELECTED } from './search-request.ts'

/** All measures that the table has. */
export const ALL_MEASURES = '*'

/** Names of measures as they are typed: with commas, semicolons or spaces between, each once; `all` and `*` are all of them, whatever else is said. */
export const readMeasures = (text: string): string[] => {
  const names = [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ''))]
  return names.some((name) => name === ALL_MEASURES || name.toLowerCase() === 'all') ? [ALL_MEASURES] : names
}

/** What is read as these names again. */
export const measuresText = (names: readonly string[]): string =>
  names.map((name) => (name === ALL_MEASURES ? 'all' : name)).join(', ')

/** What is wrong with names, for people. */
export const faultOfMeasures = (names: readonly string[]): string | undefined => {
  if (names.length > MAX_SELECTED)
    return `${names.length} measures are too many: a search takes ${MAX_SELECTED}, or all.`
  for (const name of names) {
    const fault = name === ALL_MEASURES ? undefined : measureNameFault(name)
    if (fault !== undefined) return `Measures: ${fault}.`
  }
  return undefined
}
