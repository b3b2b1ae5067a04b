/**
 * Which files a compaction has written. Invariant: of those of a (date, cell) no two share a duplicate, and none holds one; so a compaction that
 * adds to them looks at them, and no other needs to.
 */

const MARK = '.compact'

/** The extension of a file that a compaction writes; its last suffixes say the format as ever. */
export const compactedExtension = (extension: string): string => `${MARK}${extension}`

export const isCompacted = (path: string): boolean => path.includes(MARK, path.lastIndexOf('/') + 1)
