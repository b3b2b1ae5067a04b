import type { Rows } from '../rows/rows.ts'

/** How the rows of a data file become its bytes. */
export interface Codec {
  /** With its dot. */
  readonly extension: string
  /**
   * @param rows sorted by vehicle, then time
   * @throws FleetError `table.invalid` for no rows
   */
  encode(rows: Rows): Uint8Array
}
