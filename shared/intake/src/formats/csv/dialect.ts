/** How a delimited text is written. */
export interface Dialect {
  /** One ASCII character. */
  readonly delimiter: string
  /** The names of the fields, in order, each once. */
  readonly names: readonly string[]
  /** Where the first row begins. */
  readonly bytes: number
  /** The line of the first row, from 1. */
  readonly line: number
  /** What stands above the table of the device that all rows are of: a field, and its value. */
  readonly device: readonly [name: string, value: string] | undefined
}

export const DELIMITERS = [',', ';', '\t', '|'] as const
