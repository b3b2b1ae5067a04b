import type { Mapping } from './columns.ts'
/** One line of the input: its values in the order of `COLUMN_NAMES`, then those of the measures that were asked for, or why there are none. */
export interface InputRow {
  readonly line: number
  readonly text: string
  readonly values?: readonly unknown[]
  readonly fault?: RowFault
}

/** Why a row is not taken; `detail` is for people. */
export interface RowFault {
  readonly reason: string
  readonly detail: string
}

export const isFault = (value: object): value is RowFault => 'reason' in value

/** Makes rows of lines that are not blank; `numbers` are theirs in the input. */
export interface LineParser {
  readonly mapping: Mapping
  /** The columns so far that nothing is read from; of a great many only the first. */
  readonly leftOut: ReadonlySet<string>
  /** Whether the first line is a header. */
  readonly skipsFirst: boolean
  parse(lines: readonly string[], numbers: readonly number[]): InputRow[]
}
