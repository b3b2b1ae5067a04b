import { randomBytes } from 'node:crypto'
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import type { ObjectStore } from '@fleetlake/archive'
import { type Add, cutMaximum, cutMinimum } from '@fleetlake/archive/log'
import { Bytes, CREATED_BY, type FileColumnValues, footerBytesOf, startParquet } from '@fleetlake/columnar/parquet'
import { dateOf } from '@fleetlake/core'
import { type Batch, concatBatches, daysIn, numbersIn, sliceBatch, textsIn } from './batch.ts'
import { FOOTER_TAG, LEVEL_TAG, type Level, MONTH_TAG, PART_TAG, type Span } from './file-entry.ts'
import type { ProjectionKind } from './projection-kind.ts'
import { placeOf } from './selection.ts'

/** Few enough that a vehicle's month is read in some 100 KB, and enough that the footer stays small. */
export const GROUP_ROWS = 8_192
/** As long as data skipping of other engines reads them. */
const MOST_STATS_LENGTH = 64
const DAY_MS = 86_400_000
/** An id may begin with U+FEFF: without it the bounds of a file would hide its rows. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const compressAt = (level: number): ((bytes: Uint8Array) => Uint8Array) => {
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  return (bytes) => zstdCompressSync(bytes, { params })
}
/** Of what is merged soon, and of what is kept for years. */
const COMPRESS = { fresh: compressAt(1), base: compressAt(9) }

/** Where a file is among others, as `FileEntry` says it. */
export interface FilePlace {
  /** Undefined for rows of any month. */
  readonly month: string | undefined
  readonly level: Level
  readonly part?: number
}

/** A file of a projection that is being written, row group by row group. */
export interface DataFile {
  readonly rows: number
  /** @param batch in the order of the key, its texts in the order of their bytes, after all that was added */
  add(batch: Batch): void
  /**
   * Writes it, under a name that no other has; durable once it resolves.
   * @returns what the log says of it; undefined of a file without rows
   */
  finish(how: { readonly nowMs: number; readonly dataChange: boolean }): Promise<Add | undefined>
}

const DATA_FOLDER = 'files/'
/** The files of a projection; others are of other programs, and stay. */
export const DATA_FILE = /^files\/\d{4}-\d\d-\d\d-[0-9a-f]{16}\.parquet$/

const spanOf = (values: ArrayLike<number>): Span<number> => {
  let [least, most] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i])
    most = Math.max(most, values[i])
  }
  return { least, most }
}

const widen = (a: Span<number> | undefined, b: Span<number>): Span<number> =>
  a === undefined ? b : { least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) }

const textsOf = (column: FileColumnValues): Span<Uint8Array> => {
  const { codes, dictionary } = textsIn(column)
  const { least, most } = spanOf(codes)
  return { least: dictionary.at(least), most: dictionary.at(most) }
}

const widenTexts = (a: Span<Uint8Array> | undefined, b: Span<Uint8Array>): Span<Uint8Array> =>
  a === undefined
    ? b
    : {
        least: Buffer.compare(a.least, b.least) <= 0 ? a.least : b.least,
        most: Buffer.compare(a.most, b.most) >= 0 ? a.most : b.most,
      }

/** CRC-32 of a file's footer, which holds checksums of all before it. */
export const footerCrcOf = (file: Uint8Array): number => crc32(file.subarray(file.length - footerBytesOf(file)))

export const startDataFile = (
  store: Pick<ObjectStore, 'put'>,
  kind: ProjectionKind,
  { month, level, part = 0 }: FilePlace,
): DataFile => {
  const out = new Bytes(1 << 16)
  const compress = level === 'base' ? COMPRESS.base : COMPRESS.fresh
  const file = startParquet({ createdBy: CREATED_BY, compress, out })
  const [datePlace, keyPlace] = [placeOf(kind, 'date'), placeOf(kind, kind.keyColumn)]
  let waiting: Batch[] = []
  let [waitingRows, rows] = [0, 0]
  let buckets: Span<number> | undefined
  let days: Span<number> | undefined
  let keys: Span<Uint8Array> | undefined

  const write = (batch: Batch): void => {
    buckets = widen(buckets, spanOf(numbersIn(batch.columns[0])))
    if (kind.hasDates) days = widen(days, spanOf(daysIn(batch.columns[datePlace])))
    keys = widenTexts(keys, textsOf(batch.columns[keyPlace]))
    file.add(batch.columns)
  }
  /** Row groups of the same size, however the rows came. */
  const writeGroups = (isLast: boolean): void => {
    if (waitingRows === 0 || (!isLast && waitingRows < GROUP_ROWS)) return
    const batch = concatBatches(waiting)
    let from = 0
    for (; batch.length - from >= GROUP_ROWS || (isLast && from < batch.length); from += GROUP_ROWS) {
      write(sliceBatch(batch, from, Math.min(batch.length, from + GROUP_ROWS)))
    }
    waiting = from < batch.length ? [sliceBatch(batch, from, batch.length)] : []
    waitingRows = Math.max(0, batch.length - from)
  }
  const statsOf = (): string => {
    const values = (end: 'least' | 'most'): object => ({
      bucket: buckets![end],
      ...(days === undefined ? {} : { date: dateOf(days[end] * DAY_MS) }),
      [kind.keyColumn]: (end === 'least' ? cutMinimum : cutMaximum)(decoder.decode(keys![end]), MOST_STATS_LENGTH),
    })
    return JSON.stringify({ numRecords: rows, minValues: values('least'), maxValues: values('most') })
  }
  return {
    get rows() {
      return rows
    },
    add: (batch) => {
      if (batch.length === 0) return
      rows += batch.length
      waiting.push(batch)
      waitingRows += batch.length
      writeGroups(false)
    },
    finish: async ({ nowMs, dataChange }) => {
      writeGroups(true)
      if (rows === 0) return undefined
      const bytes = file.finish()
      const date = new Date(nowMs).toISOString().slice(0, 'YYYY-MM-DD'.length)
      const path = `${DATA_FOLDER}${date}-${randomBytes(8).toString('hex')}.parquet`
      await store.put(path, bytes)
      return {
        path,
        partitionValues: {},
        size: bytes.length,
        modificationTime: nowMs,
        dataChange,
        stats: statsOf(),
        tags: {
          [FOOTER_TAG]: footerCrcOf(bytes).toString(16).padStart(8, '0'),
          [LEVEL_TAG]: String(level),
          ...(part === 0 ? {} : { [PART_TAG]: String(part) }),
          ...(month === undefined ? {} : { [MONTH_TAG]: month }),
        },
      }
    },
  }
}
