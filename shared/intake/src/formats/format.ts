import type { FleetError } from '@fleetlake/core'
import type { Block, Cursor } from './block.ts'

/** The formats that can be imported, by the names that `--from` takes. */
export const FORMAT_NAMES = [
  'csv',
  'ndjson',
  'json',
  'geojson',
  'gpx',
  'kml',
  'nmea',
  'ais',
  'plt',
  'owntracks',
  'google-records',
  'google-timeline',
  'traccar-json',
  'gtfs-realtime',
  'mf-json',
  'parquet',
  'arrow',
  'xlsx',
  'sqlite',
] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

/** The bytes of one file, unpacked. */
export interface Input {
  /** What the file is called where a person reads of it; of an archive's member `<archive>/<member>`. */
  readonly name: string
  /** Of the bytes, where that is known. */
  readonly size: number | undefined
  /** The bytes from an offset on. Rejects with an `AbortError` when aborted. */
  read(from: number, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Why the bytes ended too early, once they did: what was read until then is read as a file that ends there. */
  fault?(): FleetError | undefined
  /** To be told how many bytes a format has read of the file that it asked for. */
  onRead?(bytes: number): void
  /** A plain file with the bytes, for formats that are read at random; what is packed or comes from a pipe is spooled into a temporary one. */
  file(signal: AbortSignal): Promise<string>
}

/** What a person may say about the input. Formats use what concerns them. */
export interface ReadOptions {
  /** Field delimiter of CSV; found in the first lines when missing. */
  readonly delimiter?: string | undefined
  /** Whether CSV or a sheet has a line of names; without one fields are called 1, 2, … Found out when missing. */
  readonly hasHeader?: boolean | undefined
  /** Lines before the header, or before the first row. */
  readonly skipLines?: number | undefined
  /** Where the rows of a JSON document are: members, such as `data.positions`. */
  readonly path?: string | undefined
  /** Of a workbook or a database; the only one, or the first with the needed columns, when missing. */
  readonly table?: string | undefined
  /**
   * The fields that are needed of blocks with these names and units; undefined where that is not known, and all are. Asked before each block. Formats whose columns lie apart read no others: these
   * are `LEFT_OUT` in the block.
   */
  readonly neededOf?: ((form: Pick<Block, 'names' | 'units'>) => ReadonlySet<string> | undefined) | undefined
  /** Where to begin. */
  readonly from: Cursor
  /** Bytes (or what comes near it) of the input that make a block. */
  readonly blockBytes: number
  readonly signal: AbortSignal
}

/**
 * A format of files. Invariants, which `testing/format-conformance.ts` holds: every row of the input is in one block or is a fault, in its order, whatever the size of the
 * chunks that bytes come in; reading from a block's `next` gives what follows it; blocks are cut by the input's bytes or records alone; what is malformed costs itself only, and what ends
 * the reading is a `FleetError` `import.invalid` which says at what place; memory is bounded by a few blocks.
 */
export interface Format {
  readonly name: FormatName
  /** For people: "CSV". */
  readonly title: string
  /** What a row's place counts: "line", "feature", "sentence". */
  readonly counts: string
  /**
   * Whether fields have the names and units of Fleetlake's columns (`vehicle_id`, `event_time` as instant, degrees, m/s, °; well-known measures by their names and units), since the format says what
   * they mean. Else a person's mapping or common names decide.
   */
  readonly hasMeaning: boolean
  /**
   * How well the beginning of an input fits: 0 not at all; 1 its syntax, with more special formats to be preferred; 2 its content.
   * @param head the first 64 KiB at most
   */
  sniff(head: Uint8Array, name: string): 0 | 1 | 2
  read(input: Input, options: ReadOptions): AsyncIterable<Block>
}
