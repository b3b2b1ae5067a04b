/** What a number is shown as: a date, a time, both; undefined for a number. */
export type DateKind = 'date' | 'time' | 'date-time'

/** Formats that every workbook has, by number; those of East Asian versions of Excel too. */
const BUILT_IN: Readonly<Record<number, DateKind>> = {
  14: 'date',
  15: 'date',
  16: 'date',
  17: 'date',
  18: 'time',
  19: 'time',
  20: 'time',
  21: 'time',
  22: 'date-time',
  27: 'date',
  28: 'date',
  29: 'date',
  30: 'date',
  31: 'date',
  32: 'time',
  33: 'time',
  34: 'time',
  35: 'time',
  36: 'date',
  45: 'time',
  46: 'time',
  47: 'time',
  50: 'date',
  51: 'date',
  52: 'date',
  53: 'date',
  54: 'date',
  55: 'time',
  56: 'time',
  57: 'date',
  58: 'date',
}

export const dateKindOfBuiltIn = (id: number): DateKind | undefined => BUILT_IN[id]

/** What is shown as it is: texts in quotes, escaped characters, colours, conditions, locales, fill. */
const LITERALS = /"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi

/** @param code such as `yyyy\-mm\-dd hh:mm:ss` */
export const dateKindOf = (code: string): DateKind | undefined => {
  const [plain] = code.replaceAll(LITERALS, '').toLowerCase().split(';')
  if (/general/.test(plain)) return undefined
  const hasTime = /h|s|\[m/.test(plain) || /am\/pm|a\/p/.test(plain)
  // A month, unless hours or seconds make it minutes.
  const hasDate = /[yd]|(?:^|[^:a-z])m{3,}/.test(plain) || (!hasTime && /m/.test(plain))
  if (hasDate) return hasTime ? 'date-time' : 'date'
  return hasTime ? 'time' : undefined
}
