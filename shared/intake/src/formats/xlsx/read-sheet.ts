import { FleetError } from '@fleetlake/core'
import { createXmlReader, localName, type XmlListener } from '../xml/xml-reader.ts'
import { cellValue, columnOf } from './cell.ts'
import type { Sheet, Workbook } from './open-workbook.ts'

/** A row with its cells' values; undefined for an empty one. */
export interface SheetRow {
  /** Its number in the sheet, from 1. */
  readonly number: number
  readonly cells: readonly unknown[]
  /** Characters that it takes in the sheet. */
  readonly size: number
}

/** Of a sheet of Excel. */
const MAX_COLUMNS = 16_384
const MAX_ROW_CHARACTERS = 16 * 1024 * 1024

/** The rows of a sheet that have a cell, some at a time, as they are unpacked. */
export async function* readSheet(workbook: Workbook, sheet: Sheet, signal: AbortSignal): AsyncGenerator<SheetRow[]> {
  let rows: SheetRow[] = []
  const reader = createXmlReader(
    rowListener(workbook, { position: () => reader.position(), onRow: (row) => rows.push(row) }),
    `${workbook.name}, sheet "${sheet.name}"`,
  )
  const take = (): SheetRow[] => {
    const taken = rows
    rows = []
    return taken
  }
  try {
    for await (const bytes of workbook.zip.read(sheet.part, signal)) {
      reader.write(bytes)
      if (rows.length > 0) yield take()
    }
    reader.end()
  } catch (error) {
    if (error instanceof FleetError && rows.length > 0) yield take()
    throw error
  }
  if (rows.length > 0) yield take()
}

const rowListener = (
  workbook: Workbook,
  { position, onRow }: { position: () => number; onRow: (row: SheetRow) => void },
): XmlListener => {
  let cells: unknown[] = []
  let number = 0
  let from = 0
  let column = 0
  let type = ''
  let style = 0
  let text = ''
  let isPhonetic = false
  return {
    open: (tag, attributes) => {
      const local = localName(tag)
      if (local === 'row') {
        const said = Number(attributes['r'])
        number = Number.isSafeInteger(said) && said > number ? said : number + 1
        cells = []
        from = position()
        column = -1
      } else if (local === 'c') {
        column = columnOf(attributes['r']) ?? column + 1
        type = attributes['t'] ?? 'n'
        style = Number(attributes['s'] ?? 0)
        text = ''
      } else if (local === 'rPh') isPhonetic = true
    },
    close: (tag, own) => {
      const local = localName(tag)
      if (local === 'v') text = own
      else if (local === 't' && !isPhonetic) text += own
      else if (local === 'rPh') isPhonetic = false
      else if (local === 'c') {
        const value = cellValue({ type, style, text }, workbook)
        if (value === undefined || column >= MAX_COLUMNS) return
        if (position() - from > MAX_ROW_CHARACTERS)
          throw new FleetError(
            'import.invalid',
            `${workbook.name}, row ${number}: it has more than ${MAX_ROW_CHARACTERS} characters`,
          )
        while (cells.length < column) cells.push(undefined)
        cells[column] = value
      } else if (local === 'row' && cells.length > 0) onRow({ number, cells, size: position() - from })
    },
  }
}
