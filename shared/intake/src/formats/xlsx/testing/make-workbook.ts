import { makeZip } from '../../../testing/make-zip.ts'

export interface WrittenSheet {
  readonly name: string
  /** `state="hidden"` */
  readonly attributes?: string
  /** Of the rows: a text is a shared string, a number a number; what begins with `<` is a cell's own XML, with `@` for its reference. */
  readonly rows: readonly (readonly (string | number | undefined)[])[]
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A workbook as Excel writes it. Styles 1 to 4 are a date and time, a date, a time of the built-in formats, and a date and time of an own format. */
export const makeWorkbook = (sheets: readonly WrittenSheet[], { is1904 = false } = {}): Uint8Array => {
  const strings: string[] = []
  const cell = (value: string | number | undefined, row: number, column: number): string => {
    const reference = `${String.fromCharCode(65 + column)}${row}`
    if (value === undefined) return `<c r="${reference}" s="1"/>`
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`
    if (value.startsWith('<')) return value.replace('@', reference)
    strings.push(`<si><t xml:space="preserve">${escape(value)}</t></si>`)
    return `<c r="${reference}" t="s"><v>${strings.length - 1}</v></c>`
  }
  const parts = sheets.map(
    ({ rows }) =>
      `${DECLARATION}<worksheet ${MAIN}><sheetData>${rows
        .map((row, i) => `<row r="${i + 1}">${row.map((value, column) => cell(value, i + 1, column)).join('')}</row>`)
        .join('')}</sheetData></worksheet>`,
  )
  return makeZip({
    '[Content_Types].xml': `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${DECLARATION}<workbook ${MAIN} xmlns:r="${RELATIONS}"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${sheets
      .map(
        ({ name, attributes = '' }, i) =>
          `<sheet name="${escape(name)}" sheetId="${i + 1}" ${attributes} r:id="rId${i + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets
      .map(
        (_, i) =>
          `<Relationship Id="rId${i + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    ...Object.fromEntries(parts.map((part, i) => [`xl/worksheets/sheet${i + 1}.xml`, part])),
    'xl/styles.xml': `${DECLARATION}<styleSheet ${MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss&quot; h&quot;;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="14"/><xf numFmtId="21"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${DECLARATION}<sst ${MAIN}>${strings.join('')}</sst>`,
  })
}
