import { FleetError } from '@fleetlake/core'
import { parse } from 'csv-parse/sync'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { leftOutOf, mapColumns, type MappingOptions, measuresOf } from './columns.ts'
import type { InputRow, LineParser } from './input-row.ts'

const DELIMITERS = [',', ';', '\t', '|']

export interface CsvOptions extends MappingOptions {
  /** Found in the first line when missing. */
  readonly delimiter?: string | undefined
  /** Without one, columns are called 1, 2, … */
  readonly hasHeader: boolean
}

/** The delimiter that a line has most of. */
export const guessDelimiter = (line: string): string => {
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))]
}

/**
 * Reads CSV in which a row is a line. A line that is not CSV costs that row only, never those after it.
 * @throws FleetError `import.invalid` when the columns can't be found
 */
export const createCsvParser = (firstLine: string, { delimiter, hasHeader, ...options }: CsvOptions): LineParser => {
  const separator = delimiter ?? guessDelimiter(firstLine)
  const parseLines = (text: string): string[][] =>
    parse(text, { delimiter: separator, relax_column_count: true, record_delimiter: '\n', trim: true })
  const first = parseHeader(parseLines, firstLine)
  const names = hasHeader ? first : first.map((_, i) => String(i + 1))
  const mapping = mapColumns(names, options)
  const indexes = [...COLUMN_NAMES, ...measuresOf(options.asked)].map((column) =>
    mapping[column] === undefined ? -1 : names.indexOf(mapping[column]),
  )

  const rowOf = (cells: readonly string[], line: number, text: string): InputRow => {
    if (cells.length < names.length || cells.slice(names.length).some((cell) => cell !== '')) {
      const detail = `${cells.length} columns where the ${hasHeader ? 'header' : 'first line'} has ${names.length}`
      return { line, text, fault: { reason: 'wrong-number-of-columns', detail } }
    }
    return { line, text, values: indexes.map((index) => (index < 0 ? undefined : cells[index])) }
  }
  const parseOne = (line: number, text: string): InputRow => {
    try {
      const [cells] = parseLines(text)
      return rowOf(cells, line, text)
    } catch (error) {
      return {
        line,
        text,
        fault: { reason: 'not-csv', detail: String((error as Error).message).replace(/ at line \d+/, '') },
      }
    }
  }
  const parseAll = (lines: readonly string[]): string[][] | undefined => {
    try {
      const records = parseLines(lines.join('\n'))
      return records.length === lines.length ? records : undefined
    } catch {
      return undefined
    }
  }
  return {
    mapping,
    leftOut: new Set(leftOutOf(names, mapping)),
    skipsFirst: hasHeader,
    parse: (lines, numbers) => {
      const records = parseAll(lines)
      return lines.map((text, i) =>
        records === undefined ? parseOne(numbers[i], text) : rowOf(records[i], numbers[i], text),
      )
    },
  }
}

const parseHeader = (parseLines: (text: string) => string[][], line: string): string[] => {
  try {
    return parseLines(line)[0]
  } catch (cause) {
    throw new FleetError('import.invalid', 'the first line is not CSV', { cause })
  }
}
