import { TRACCAR_COLUMNS } from '../../fields/known-tables.ts'
import { type Block, type BlockFault, MAX_SHOWN, valueOf } from '../block.ts'

const ADDRESS = TRACCAR_COLUMNS.indexOf('address')
/** What follows the address is a number, so that it shows where the address ends. */
const ACCURACY = /^\d*(?:\.\d+)?$/

/** The cells of a line whose address has commas; undefined where it is not the address alone that has more of them. */
const cellsOf = ({ reason, text }: BlockFault, columns: number): string[] | undefined => {
  if (reason !== 'wrong-number-of-columns' || text.length >= MAX_SHOWN) return undefined
  const cells = text.split(',')
  const more = cells.length - columns
  const address = cells.slice(ADDRESS, ADDRESS + more + 1).join(',')
  const mended = [...cells.slice(0, ADDRESS), address, ...cells.slice(ADDRESS + more + 1)]
  return more > 0 && ACCURACY.test(mended[ADDRESS + 1] ?? '') ? mended : undefined
}

/** Traccar writes CSV without quotes: lines whose address has commas are rows all the same, at their place among the others. */
export const withAddresses = (block: Block): Block => {
  const mended = block.faults.flatMap((fault) => {
    const cells = cellsOf(fault, block.names.length)
    return cells === undefined ? [] : [{ fault, cells }]
  })
  if (mended.length === 0) return block
  const rows = [
    ...Array.from({ length: block.rows }, (_, row) => ({
      place: block.places[row],
      valueAt: (column: number): unknown => valueOf(block.fields[column], row),
      text: (): string => block.textOf(row),
    })),
    ...mended.map(({ fault, cells }) => ({
      place: fault.place,
      valueAt: (column: number): unknown => cells[column]?.trim(),
      text: (): string => fault.text,
    })),
  ].toSorted((a, b) => a.place - b.place)
  return {
    ...block,
    fields: block.names.map((_, column) => ({ kind: 'value', values: rows.map((row) => row.valueAt(column)) })),
    rows: rows.length,
    places: Float64Array.from(rows, ({ place }) => place),
    textOf: (row) => rows[row].text(),
    faults: block.faults.filter((fault) => !mended.some((each) => each.fault === fault)),
  }
}
