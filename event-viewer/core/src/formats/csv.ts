import type { AnswerFormat } from './answer-format.ts'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { createRowText, type WriteRow } from './row-text.ts'

export interface CsvOptions {
  /** Texts that a spreadsheet would take for a formula begin with an apostrophe. */
  readonly isSpreadsheetSafe?: boolean
}

/** RFC 4180, with line feeds. The header comes with the first rows, which say what columns there are; a text without a character is `""`, no value is nothing. */
export const csv = ({ isSpreadsheetSafe = false }: CsvOptions = {}): AnswerFormat => {
  const text = isSpreadsheetSafe ? (value: string) => csvCell(withoutFormula(value)) : csvCell
  const rows = createRowText({ text, none: '', row })
  let isBegun = false
  const header = (): string => {
    if (isBegun) return ''
    isBegun = true
    const measures = rows.names().filter((name) => !isColumnName(name))
    return `${[...COLUMN_NAMES, ...measures].join(',')}\n`
  }
  return {
    head: () => '',
    rows: (batch) => {
      const written = rows.write(batch)
      return header() + written
    },
    tail: header,
  }
}

const isColumnName = (name: string): boolean => (COLUMN_NAMES as readonly string[]).includes(name)

/** A text as a cell of RFC 4180; one without a character is `""`, which is told from no value. */
export const csvCell = (value: string): string =>
  /^$|[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value

/** What spreadsheets take for the beginning of a formula, or leave out before one; `＝＋－＠` are the wide forms of East Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

const withoutFormula = (value: string): string => (FORMULA.test(value) ? `'${value}` : value)

const row: WriteRow = (id, type, time, longitude, latitude, optional) =>
  `${id},${type},${time},${longitude},${latitude},${optional.join(',')}\n`
