import { FleetError } from '@fleetlake/core'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { mapColumns, type MappingOptions } from './columns.ts'
import type { InputRow, LineParser } from './input-row.ts'

const objectOf = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/**
 * Reads one JSON object a line; the keys of the first are the columns.
 * @throws FleetError `import.invalid` when the columns can't be told
 */
export const createNdjsonParser = (firstLine: string, options: MappingOptions): LineParser => {
  const first = objectOf(firstLine)
  if (first === undefined) throw new FleetError('import.invalid', 'the first line is not a JSON object')
  const mapping = mapColumns(Object.keys(first), options)
  const rowOf = (text: string, line: number): InputRow => {
    const object = objectOf(text)
    if (object === undefined)
      return { line, text, fault: { reason: 'not-json', detail: 'the line is not a JSON object' } }
    return {
      line,
      text,
      values: COLUMN_NAMES.map((column) => (mapping[column] === undefined ? undefined : object[mapping[column]])),
    }
  }
  return { mapping, skipsFirst: false, parse: (lines, numbers) => lines.map((text, i) => rowOf(text, numbers[i])) }
}
