import type { Rows } from '../rows/rows.ts'
import type { DataFrame } from 'nodejs-polars'
import { COLUMN_NAMES } from '../columns.ts'
import { rowsOfIpc } from './ipc-rows.ts'

/** Rows at most that are in memory twice. */
const PIECE_ROWS = 65_536

/**
 * The rows of a file that is not Parquet, of which `readChunkFile` has made a frame.
 * @throws FleetError `table.invalid` for columns that are not the table's
 */
export function* rowsOfFrame(frame: DataFrame): Generator<Rows> {
  const ours = frame.select(...COLUMN_NAMES)
  for (let from = 0; from < ours.height; from += PIECE_ROWS) {
    const part = ours.height > PIECE_ROWS ? ours.slice(from, PIECE_ROWS) : ours
    yield* rowsOfIpc(part.writeIPCStream())
  }
}
