import { FleetError } from '@fleetlake/core'
import { looksLikePositions } from '../../fields/looks-like-positions.ts'
import type { Block } from '../block.ts'
import { createRowCounter } from '../building/count-rows.ts'
import { deviceOf, findTable, type FoundTable } from '../building/find-table.ts'
import { uniqueNames } from '../building/unique-names.ts'
import type { Format, Input, ReadOptions } from '../format.ts'
import { openWorkbook, type Sheet, type Workbook } from './open-workbook.ts'
import { readSheet, type SheetRow } from './read-sheet.ts'

/**
 * Workbooks of Excel and of what writes its format. Rows are read as the sheet is unpacked, texts of cells are kept in memory. Dates are texts by the clock of who wrote them, since workbooks have no
 * time zones. Of several sheets that one is read which `table` names; else the first whose columns are such as positions have, and all with the same columns, as reports have a sheet a device
 * and large tables more than one. What a sheet's titles say of its device, as in Traccar's reports, is a field of its rows.
 */
export const XLSX: Format = {
  name: 'xlsx',
  title: 'XLSX',
  counts: 'row',
  hasMeaning: false,
  sniff: (head) => (isWorkbook(head) ? 2 : 0),
  read: readXlsx,
}

/** Whether a zip file is a workbook: by the names of its first members. */
export const isWorkbook = (head: Uint8Array): boolean => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  return bytes.length > 4 && bytes.readUInt32BE(0) === ZIP && PARTS.test(bytes.toString('latin1'))
}

const ZIP = 0x504b0304
const PARTS = /xl\/(?:_rels\/workbook|workbook|worksheets\/|styles|sharedStrings|theme\/)/

/** Rows in which a table is looked for. */
const HEAD_ROWS = 100
/** Of a row, beside its texts. */
const CELL_BYTES = 8

interface FoundSheet {
  readonly sheet: Sheet
  readonly table: FoundTable
  /** The number of the table's first row. */
  readonly firstRow: number
}

async function* readXlsx(input: Input, options: ReadOptions): AsyncGenerator<Block> {
  const { from, blockBytes, signal } = options
  const file = await input.file(signal)
  const workbook = await openWorkbook(file, { name: input.name, signal })
  try {
    const rows = createRowCounter({ from, blockBytes })
    let rowsBefore = 0
    for (const { sheet, table, firstRow } of await chooseSheets(workbook, options)) {
      const names = uniqueNames(table.names)
      const device = deviceOf(table)
      let last = 0
      for await (const some of readSheet(workbook, sheet, signal)) {
        for (const { number, cells, size } of some) {
          last = number
          if (number < firstRow || !rows.begin()) continue
          if (device !== undefined) rows.fields.value(device[0])(device[1])
          for (let i = 0; i < names.length; i++) rows.fields.value(names[i])(cells[i])
          rows.end(rowsBefore + number, size + CELL_BYTES * cells.length)
        }
        yield* rows.take()
      }
      rowsBefore += last
    }
    yield* rows.finish()
  } finally {
    workbook.zip.close()
  }
}

const chooseSheets = async (workbook: Workbook, options: ReadOptions): Promise<FoundSheet[]> => {
  const { sheets, name } = workbook
  const { table, signal } = options
  const asked =
    table === undefined
      ? sheets.filter(({ isHidden }) => !isHidden)
      : sheets.filter((sheet) => sheet.name.toLowerCase() === table.toLowerCase())
  if (asked.length === 0)
    throw new FleetError(
      'import.invalid',
      table === undefined
        ? `${name}: it has no sheet`
        : `${name}: it has no sheet "${table}"; there are ${listed(sheets)}`,
    )
  const found: FoundSheet[] = []
  for (const sheet of asked) {
    const head = await headOf(workbook, sheet, signal)
    const at = findTable(
      head.map(({ cells }) => cells.map(textOf)),
      {
        hasHeader: options.hasHeader,
        skipLines: head.filter(({ number }) => number <= (options.skipLines ?? 0)).length,
      },
    )
    if (at !== undefined) found.push({ sheet, table: at, firstRow: head[at.first]?.number ?? Infinity })
  }
  if (found.length === 0) throw new FleetError('import.invalid', `${name}: none of its sheets has a table`)
  if (table !== undefined || asked.length === 1) return found
  const first = found.find((one) => looksLikePositions(one.table.names))
  if (first === undefined)
    throw new FleetError(
      'import.invalid',
      `${name}: none of its sheets has columns with names of positions and times; say which one with --table: ${listed(asked)}`,
    )
  const columns = (one: FoundSheet): string => one.table.names.join('\n').toLowerCase()
  return found.filter((one) => columns(one) === columns(first))
}

const headOf = async (workbook: Workbook, sheet: Sheet, signal: AbortSignal): Promise<SheetRow[]> => {
  const head: SheetRow[] = []
  for await (const rows of readSheet(workbook, sheet, signal)) {
    head.push(...rows.slice(0, HEAD_ROWS - head.length))
    if (head.length === HEAD_ROWS) break
  }
  return head
}

const textOf = (value: unknown): string => (value === undefined ? '' : String(value).trim())

const listed = (sheets: readonly Sheet[]): string =>
  sheets
    .slice(0, 20)
    .map(({ name }) => `"${name}"`)
    .join(', ')
