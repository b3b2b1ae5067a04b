import { createCsvParser, type CsvOptions } from './csv-lines.ts'
import type { InputRow, LineParser } from './input-row.ts'
import { createNdjsonParser } from './ndjson-lines.ts'
import { type Lines, MAX_LINE_CHARACTERS } from './read-lines.ts'

export interface RowsOptions extends CsvOptions {
  /** Told by the first line when missing: one that begins with a brace is NDJSON. */
  readonly format?: 'csv' | 'ndjson' | undefined
  /** Given the columns that nothing is read from, once the columns are known; more may come with later rows. */
  readonly onLeftOut?: (leftOut: ReadonlySet<string>) => void
}

const createParser = (firstLine: string, options: RowsOptions): LineParser => {
  const format = options.format ?? (firstLine.trimStart().startsWith('{') ? 'ndjson' : 'csv')
  return format === 'ndjson' ? createNdjsonParser(firstLine, options) : createCsvParser(firstLine, options)
}

/** The rows of an input, some at a time. Blank lines are not rows. */
export async function* readRows(input: AsyncIterable<Lines>, options: RowsOptions): AsyncGenerator<InputRow[]> {
  let parser: LineParser | undefined
  for await (const { first, lines } of input) {
    const texts: string[] = []
    const numbers: number[] = []
    const tooLong: InputRow[] = []
    lines.forEach((text, i) => {
      if (text.trim() === '') return
      if (text.length >= MAX_LINE_CHARACTERS) {
        const fault = { reason: 'line-too-long', detail: `more than ${MAX_LINE_CHARACTERS} characters` }
        tooLong.push({ line: first + i, text, fault })
        return
      }
      texts.push(text)
      numbers.push(first + i)
    })
    if (parser === undefined && texts.length > 0) {
      parser = createParser(texts[0], options)
      options.onLeftOut?.(parser.leftOut)
      if (parser.skipsFirst) {
        texts.shift()
        numbers.shift()
      }
    }
    const rows = texts.length === 0 ? [] : parser!.parse(texts, numbers)
    if (tooLong.length > 0) yield [...rows, ...tooLong].toSorted((a, b) => a.line - b.line)
    else if (rows.length > 0) yield rows
  }
}
