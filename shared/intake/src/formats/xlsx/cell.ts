import { excelDate } from './excel-date.ts'
import type { DateKind } from './number-format.ts'

/** What the cells of a workbook have in common. */
export interface CellContext {
  readonly strings: readonly string[]
  /** By a cell's style: what its number is a date or a time of. */
  readonly dateKinds: readonly (DateKind | undefined)[]
  readonly is1904: boolean
}

export interface WrittenCell {
  /** `t`: s, str, inlineStr, b, e, d, n. */
  readonly type: string
  /** `s`. */
  readonly style: number
  /** The text of `v`, or of an inline string. */
  readonly text: string
}

/** A cell's value: a text, a number, a boolean, a date as text by the workbook's own clock, a bigint where a number of digits is no exact number; undefined for none, and for an error. */
export const cellValue = ({ type, style, text }: WrittenCell, context: CellContext): unknown => {
  switch (type) {
    case 's':
      return nonEmpty(context.strings[Number(text)])
    case 'str':
    case 'inlineStr':
      return nonEmpty(unescape(text))
    case 'b':
      return text === '' ? undefined : text === '1'
    case 'd':
      return nonEmpty(text.replace(/Z$/, ''))
    case 'e':
      return undefined
    default:
      return numberOf(text, context.dateKinds[style], context.is1904)
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

const numberOf = (text: string, dateKind: DateKind | undefined, is1904: boolean): unknown => {
  if (text === '') return undefined
  const value = Number(text)
  if (Number.isNaN(value)) return text
  if (dateKind !== undefined) return excelDate(value, dateKind, is1904) ?? value
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text)
}

/** Characters that XML can't hold stand as `_x000D_`. */
export const unescape = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text

const A = 'A'.charCodeAt(0)
/** The column of a reference such as `AB12`, from 0; undefined where it is none. */
export const columnOf = (reference: string | undefined): number | undefined => {
  const letters = /^[A-Z]{1,3}(?=\d)/.exec(reference ?? '')?.[0]
  if (letters === undefined) return undefined
  let column = 0
  for (let i = 0; i < letters.length; i++) column = column * 26 + letters.charCodeAt(i) - A + 1
  return column - 1
}
