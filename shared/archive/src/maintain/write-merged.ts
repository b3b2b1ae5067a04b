import { windowStart } from '@fleetlake/core'
import { type ChunkStats, joinStats, statsOf } from '../chunk-stats.ts'
import type { MeasureSpec, Rows } from '@fleetlake/columnar'
import { type Codec, isParquet, startParquetFile, type ParquetRowGroups } from '@fleetlake/columnar/formats'
import type { AddFile } from '../log/actions.ts'
import { putChunk, type WriteChunkDeps } from '../write-chunk.ts'
import { compactedExtension } from './compacted.ts'
import { addRows, type Extremes, noRows } from './extremes.ts'
import { rowsOfBytes } from './read-rows.ts'
import { PARQUET_TILES, type TileShape } from './tile-rows.ts'
import { countValues, type ValueCounts } from './value-counts.ts'

/** Where merged rows go: as many files as it takes. */
export interface MergedFiles {
  /** What `add` is given. */
  readonly shape: TileShape
  /** @param rows sorted by vehicle, then time, all with the same measures; their arrays are not kept */
  add(rows: Rows): Promise<void>
  /** The files written, durable, and their rows as they are read back. */
  finish(): Promise<{ readonly add: AddFile[]; readonly written: Extremes; readonly values: ValueCounts }>
}

export interface MergedPlace {
  readonly cell: string
  readonly windowMs: number
  /** A Parquet file is closed once it has this number of bytes. */
  readonly fileBytes: number
}

/** A file of another format is always read whole: it stays small. */
const WHOLE_FILES: TileShape = { ...PARQUET_TILES, rows: 250_000 }

/** Parquet: each tile is a row group. Others: each tile is a file. */
export const openMergedFiles = ({ cell, windowMs, fileBytes }: MergedPlace, deps: WriteChunkDeps): MergedFiles => {
  const { codec } = deps
  const extension = compactedExtension(codec.extension)
  const add: AddFile[] = []
  const written = noRows()
  const values: ValueCounts = new Map()
  const put = async (bytes: Uint8Array, stats: ChunkStats, measures: readonly MeasureSpec[]): Promise<void> => {
    const place = { cell, windowStart: windowStart(stats.eventTime.min, windowMs) }
    for await (const rows of rowsOfBytes(extension, bytes, measures)) {
      addRows(written, rows)
      countValues(values, rows)
    }
    add.push(await putChunk({ bytes, stats, extension }, place, deps))
  }
  const files = isParquet(extension) ? parquetFiles(fileBytes, put) : wholeFiles(codec, put)
  return {
    ...files,
    finish: async () => {
      await files.close()
      return { add, written, values }
    },
  }
}

interface OpenFiles extends Pick<MergedFiles, 'shape' | 'add'> {
  close(): Promise<void>
}

type Put = (bytes: Uint8Array, stats: ChunkStats, measures: readonly MeasureSpec[]) => Promise<void>

const specsOf = ({ measures }: Rows): MeasureSpec[] => measures.map(({ spec }) => spec)

const wholeFiles = (codec: Codec, put: Put): OpenFiles => ({
  shape: WHOLE_FILES,
  add: (rows) => put(codec.encode(rows), statsOf(rows), specsOf(rows)),
  close: async () => {},
})

/** Room for the row group that passes the limit, and the footer. */
const SPARE = 1.25

const parquetFiles = (fileBytes: number, put: Put): OpenFiles => {
  let open: { readonly file: ParquetRowGroups; readonly measures: MeasureSpec[]; stats: ChunkStats } | undefined
  const close = async (): Promise<void> => {
    if (open === undefined) return
    const { file, stats, measures } = open
    open = undefined
    await put(file.finish(), stats, measures)
  }
  return {
    shape: PARQUET_TILES,
    add: async (rows) => {
      const stats = statsOf(rows)
      if (open === undefined)
        open = { file: startParquetFile(Math.ceil(fileBytes * SPARE)), measures: specsOf(rows), stats }
      else open.stats = joinStats(open.stats, stats)
      open.file.add(rows)
      if (open.file.bytes >= fileBytes) await close()
    },
    close,
  }
}
