/** Bytes and rows of a file. */
interface File {
  readonly bytes: number
  readonly rows: number
}

/** Files of one size: a day of much has too many for a list. */
export interface EqualFiles {
  readonly count: number
  /** Of each. */
  readonly bytes: number
}

/** Of each file a value that its size gives, all together. */
export const sumOfFiles = (files: readonly EqualFiles[], of: (bytes: number) => number): number =>
  files.reduce((total, { count, bytes }) => total + count * of(bytes), 0)

export interface MergedDay {
  /** Files that are left of the day. */
  readonly files: number
  /** Files that were written, and those of these that were read again. */
  readonly written: readonly EqualFiles[]
  readonly reread: readonly EqualFiles[]
  /** How often a row was rewritten, on average. */
  readonly rewrites: number
}

export interface DayOfCell {
  readonly rows: number
  /** Files that landed, and their bytes. */
  readonly files: number
  readonly landedBytes: number
  /** Of a compacted row. */
  readonly bytesPerRow: number
  readonly windows: number
  readonly targetBytes: number
}

/** As the compactor's plan has them: see `plan-compaction.ts`. */
const FAN_IN = 8
const GROWTH_OPEN = 4
const GROWTH_CLOSED = 32
const REWRITE_BYTES = 2 ** 30

const sum = (files: readonly File[], of: (file: File) => number): number =>
  files.reduce((total, file) => total + of(file), 0)

/** Small ones first, while they are not too large for what there is to merge. */
const chainFrom = (bytes: number, small: readonly File[], growth: number): File[] => {
  const chain: File[] = []
  let total = bytes
  for (const file of small.toSorted((a, b) => a.bytes - b.bytes)) {
    if ((total > 0 && file.bytes > growth * total) || total + file.bytes > REWRITE_BYTES) break
    chain.push(file)
    total += file.bytes
  }
  return chain
}

/**
 * What compaction makes of a day of one cell: a window after another it merges what has landed with what it made before, and once more
 * when the day is over, by the rules of the compactor's plan.
 */
export const mergeDay = ({ rows, files, landedBytes, bytesPerRow, windows, targetBytes }: DayOfCell): MergedDay => {
  // Only these are merged again; of the others it is enough to know how many there are.
  let small: File[] = []
  let large = 0
  const written: EqualFiles[] = []
  const reread: EqualFiles[] = []
  let [rewritten, waiting] = [0, 0]
  const rewrite = (take: readonly File[], raw: File): void => {
    const taken = sum(take, (file) => file.rows) + raw.rows
    const count = Math.max(1, Math.ceil((taken * bytesPerRow) / targetBytes))
    const file: File = { bytes: (taken * bytesPerRow) / count, rows: taken / count }
    small = small.filter((each) => !take.includes(each))
    if (file.bytes < targetBytes / 2) small.push(file)
    else large += count
    written.push({ count, bytes: file.bytes })
    reread.push(...take.map(({ bytes }) => ({ count: 1, bytes })))
    rewritten += taken
  }
  for (let window = 1; window <= windows; window++) {
    waiting++
    const isLast = window === windows
    if (!isLast && (waiting * files) / windows < FAN_IN) continue
    const share = waiting / windows
    const raw: File = { bytes: landedBytes * share, rows: rows * share }
    rewrite(chainFrom(raw.bytes, small, isLast ? GROWTH_CLOSED : GROWTH_OPEN), raw)
    waiting = 0
  }
  const rest = chainFrom(0, small, GROWTH_CLOSED)
  if (rest.length > 1) rewrite(rest, { bytes: 0, rows: 0 })
  return { files: large + small.length, written, reread, rewrites: rewritten / rows }
}
