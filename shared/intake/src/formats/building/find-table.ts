import type { ReadOptions } from '../format.ts'
import { looksLikePositions } from '../../fields/looks-like-positions.ts'

/** Where a table lies in rows of cells. */
export interface FoundTable {
  /** The row with the names; undefined where there is none. */
  readonly header: number | undefined
  /** The first row of the table itself; there may be none as yet. */
  readonly first: number
  /** Of its columns, as they are written; their numbers from 1 where there is no header. */
  readonly names: readonly string[]
  /** What is said above the table with a label: "Device:" and "van 1". */
  readonly titles: ReadonlyMap<string, string>
}

const MAX_TITLE = 255

/** What titles call a device. */
const DEVICE_TITLE = /^(?:device|vehicle|unit|asset|object)(?:[ _]?(?:name|id))?$/i

/** What the titles say of the device that all rows are of, as a field and its value, where no column says it. */
export const deviceOf = ({ names, titles }: FoundTable): readonly [label: string, value: string] | undefined =>
  names.some((name) => DEVICE_TITLE.test(name)) ? undefined : [...titles].find(([label]) => DEVICE_TITLE.test(label))

/**
 * The table among the first rows of a sheet or of a delimited text, past titles, comments (#, //), `sep=;` and blank rows. The header is the first row that names a position and a time; else the first
 * that is as wide as most rows are and has no number in it. A comment that names them, and is as wide, is a header too, as Denmark's AIS files have one. Where rows are skipped, the table begins behind them.
 * @param rows their cells, as texts without blanks around; '' for an empty one
 * @returns undefined where no row has two cells
 */
export const findTable = (
  rows: readonly (readonly string[])[],
  { hasHeader, skipLines = 0 }: Pick<ReadOptions, 'hasHeader' | 'skipLines'> = {},
): FoundTable | undefined => {
  const isOfTable = (row: readonly string[], i: number): boolean =>
    i >= skipLines && filledOf(row).length > 1 && !isComment(row)
  const table = rows.filter(isOfTable)
  const width = usualOf(table.map((row) => filledOf(row).length))
  const cells = usualOf(table.map((row) => row.length))
  if (width === undefined || cells === undefined) return undefined
  const isNamed = (row: readonly string[]): boolean =>
    looksLikePositions(namesOf(row)) && (!isComment(row) || filledOf(row).length >= width)
  const named = hasHeader === false || skipLines > 0 ? -1 : rows.findIndex(isNamed)
  const isWide = (row: readonly string[]): boolean =>
    filledOf(row).length >= width || (row.length >= cells && filledOf(row).length * 2 > width)
  const isBegin = (row: readonly string[], i: number): boolean =>
    skipLines > 0 ? i >= skipLines && filledOf(row).length > 0 : isOfTable(row, i) && isWide(row)
  const begin = named >= 0 ? named : rows.findIndex(isBegin)
  const isHeader = hasHeader ?? (named >= 0 || !rows[begin].some(looksLikeNumber))
  const columns = Math.max(...rows.slice(begin).map(({ length }) => length))
  return {
    header: isHeader ? begin : undefined,
    first: isHeader ? begin + 1 : begin,
    names: isHeader ? namesOf(rows[begin]) : Array.from({ length: columns }, (_, i) => String(i + 1)),
    titles: titlesOf(rows.slice(0, begin)),
  }
}

const filledOf = (row: readonly string[]): string[] => row.filter((cell) => cell !== '')
const isComment = (row: readonly string[]): boolean => /^(?:#|\/\/)/.test(filledOf(row)[0] ?? '')
const namesOf = (row: readonly string[]): string[] =>
  row.map((cell, i) => (i === 0 ? cell.replace(/^(?:#|\/\/)\s*/, '') : cell))
/** Numbers, dates and times too. */
const looksLikeNumber = (cell: string): boolean => /^[+-]?[\d.,][\d.,:TZ/ +-]*$/.test(cell)

/** The number that is there most often; of as many the greatest. */
const usualOf = (numbers: readonly number[]): number | undefined => {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0]
}

const titlesOf = (rows: readonly (readonly string[])[]): Map<string, string> => {
  const titles = new Map<string, string>()
  for (const row of rows) {
    const filled = filledOf(row)
    const [label, value, more] = filled.length === 1 ? filled[0].split(/:\s+/, 2) : filled
    if (label === undefined || value === undefined || more !== undefined || label.length > MAX_TITLE) continue
    titles.set(label.replace(/\s*:$/, ''), value)
  }
  return titles
}
