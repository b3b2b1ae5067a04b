import type { AnswerFormat } from './answer-format.ts'
import { COLUMN_NAMES } from '@fleetlake/columnar'
import { type WriteRow, writeRows } from './row-text.ts'

export interface CsvOptions {
  /** Texts that a spreadsheet would take for a formula begin with an apostrophe. */
  readonly isSpreadsheetSafe?: boolean
}

/** RFC 4180, with line feeds. */
export const csv = ({ isSpreadsheetSafe = false }: CsvOptions = {}): AnswerFormat => {
  const text = isSpreadsheetSafe ? (value: string) => quoted(withoutFormula(value)) : quoted
  return {
    head: () => `${COLUMN_NAMES.join(',')}\n`,
    rows: (batch) => writeRows(batch, { text, none: '', row }),
    tail: () => '',
  }
}

const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

/** What spreadsheets take for the beginning of a formula, or leave out before one; `＝＋－＠` are the wide forms of East Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

const withoutFormula = (value: string): string => (FORMULA.test(value) ? `'${value}` : value)

const row: WriteRow = (id, type, time, longitude, latitude, optional) =>
  `${id},${type},${time},${longitude},${latitude},${optional.join(',')}\n`
