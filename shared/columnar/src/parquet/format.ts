/** The numbers by which Parquet names things, for writer and reader. https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */

/** At the beginning and at the end of a file. */
export const MARK = 'PAR1'

/** Of the definition levels of a page as of the values of one. */
export const ENCODING = {
  plain: 0,
  'plain-dictionary': 2,
  rle: 3,
  delta: 5,
  'delta-lengths': 6,
  'delta-bytes': 7,
  dictionary: 8,
  'split-bytes': 9,
} as const

/** An index page (1) holds nothing that is needed. */
export const PAGE = { data: 0, dictionary: 2, 'data-v2': 3 } as const
export type PageKind = keyof typeof PAGE
/** The field of a page's header that holds what is particular to its kind. */
export const PAGE_FIELD: Readonly<Record<PageKind, number>> = { data: 5, dictionary: 7, 'data-v2': 8 }

/** LZO (3), which has no open decoder, is missing. */
export const CODEC = { none: 0, snappy: 1, gzip: 2, brotli: 4, 'lz4-frames': 5, zstd: 6, lz4: 7 } as const
export type PageCodec = keyof typeof CODEC

/** How a value is stored. */
export const PHYSICAL = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, bytes: 6, fixed: 7 } as const
export type Physical = keyof typeof PHYSICAL

export const REPETITION = { required: 0, optional: 1, repeated: 2 } as const

/** The name of a number; undefined for a number that has none. */
export const nameOf = <Names extends Readonly<Record<string, number>>>(
  names: Names,
): ((number: number) => keyof Names | undefined) => {
  const byNumber = new Map(Object.entries(names).map(([name, number]) => [number, name as keyof Names]))
  return (number) => byNumber.get(number)
}
