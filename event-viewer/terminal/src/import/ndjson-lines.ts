import { FleetError, parseExactJson } from '@fleetlake/core'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { mapColumns, type MappingOptions, measuresOf } from './columns.ts'
import type { InputRow, LineParser } from './input-row.ts'

/** Keys of lines that nothing is read from, listed in the result. */
const MOST_LEFT_OUT = 1_000

const objectOf = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = parseExactJson(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads one JSON object a line; the keys of the first are the columns that can be mapped.
 * @throws FleetError `import.invalid` when the columns can't be found
 */
export const createNdjsonParser = (firstLine: string, options: MappingOptions): LineParser => {
  const first = objectOf(firstLine)
  if (first === undefined) throw new FleetError('import.invalid', 'the first line is not a JSON object')
  const measures = measuresOf(options.asked)
  // A measure may come first in a later line.
  const later = measures.map((measure) => options.asked[measure])
  const mapping = mapColumns([...new Set([...Object.keys(first), ...later])], options)
  const columns = [...COLUMN_NAMES, ...measures]
  const taken = new Set(Object.values(mapping))
  const leftOut = new Set<string>()
  const rowOf = (text: string, line: number): InputRow => {
    const object = objectOf(text)
    if (object === undefined)
      return { line, text, fault: { reason: 'not-json', detail: 'the line is not a JSON object' } }
    for (const name of Object.keys(object)) {
      if (!taken.has(name) && leftOut.size < MOST_LEFT_OUT) leftOut.add(name)
    }
    const valueOf = (column: string): unknown => (mapping[column] === undefined ? undefined : object[mapping[column]])
    return { line, text, values: columns.map(valueOf) }
  }
  return {
    mapping,
    leftOut,
    skipsFirst: false,
    parse: (lines, numbers) => lines.map((text, i) => rowOf(text, numbers[i])),
  }
}
