/** Bytes of a line or a record: a longer one is no row. */
export const MAX_RECORD_BYTES: number = 1024 * 1024

/** Bytes of a feature, which may be a line with a report for each of its coordinates: our own exports write some 40 MiB at most. It is held as a whole. */
export const MAX_FEATURE_BYTES: number = 64 * 1024 * 1024

/** Containers inside each other. */
export const MAX_DEPTH = 64

/** Fields of a row. */
export const MAX_FIELDS = 1_000

/** Places for values in a block's columns: a block with many fields has fewer rows. */
export const MAX_CELLS: number = 4 * 1024 * 1024
