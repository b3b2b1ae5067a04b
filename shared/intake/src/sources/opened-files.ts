import type { FleetError } from '@fleetlake/core'
import type { OpenedInput } from '../job/opened-input.ts'

/** The files of an import, one after the other. */
export interface OpenedFiles {
  /** Files; members of archives are counted when they come. */
  readonly files: number
  /** Of all files as they are stored; undefined where it is not known. */
  readonly bytes: number | undefined
  /** What tells these files from others, for the name of an import; undefined for input that can be read only once. */
  readonly shape: unknown
  /** What can't be opened, or is of no known format, is a fault in its place. */
  readonly inputs: AsyncIterable<OpenedInput | FleetError>
  /** Bytes of the files, as they are stored, that were read so far. */
  bytesDone(): number
  /** Ends what is open, and removes temporary files. */
  close(): Promise<void>
}
