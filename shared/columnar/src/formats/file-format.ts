import type { Rows } from '../rows/rows.ts'
import type { DataFrame } from 'nodejs-polars'

/** How rows become bytes and come back. */
export interface FileFormat {
  encode(rows: Rows): Uint8Array
  /** With the types of the table. Throws when the bytes are not what `encode` makes. */
  decode(bytes: Uint8Array): DataFrame
}

/** A view, for polars. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)

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
