import type { ChunkColumns } from './codec.ts'
import type { DataFrame } from 'nodejs-polars'

/** How rows become bytes and come back. */
export interface FileFormat {
  encode(columns: ChunkColumns): Uint8Array
  /** With the types of the table. Throws when the bytes are not what `encode` makes. */
  decode(bytes: Uint8Array): DataFrame
}

/** A view, for polars. */
export const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
