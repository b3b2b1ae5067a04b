import { printableInLine } from '@fleetlake/core'

/** Cells in columns, two spaces apart; what others wrote in them stays in its cell. */
export const renderTable = (given: readonly (readonly string[])[]): string[] => {
  const rows = given.map((row) => row.map(printableInLine))
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  )
}
