/** Bytes and rows of a file. */
interface File {
  readonly bytes: number
  readonly rows: number
}

export interface MergedDay {
  /** Files that are left of the day. */
  readonly files: number
  /** Bytes of each file that was written, and of each of these that was read again. */
  readonly written: readonly number[]
  readonly reread: readonly number[]
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
  let made: File[] = []
  const written: number[] = []
  const reread: number[] = []
  let [rewritten, waiting] = [0, 0]
  const rewrite = (take: readonly File[], raw: File): void => {
    const taken = sum(take, (file) => file.rows) + raw.rows
    const count = Math.max(1, Math.ceil((taken * bytesPerRow) / targetBytes))
    const file: File = { bytes: (taken * bytesPerRow) / count, rows: taken / count }
    made = [...made.filter((each) => !take.includes(each)), ...Array.from({ length: count }, () => file)]
    for (let i = 0; i < count; i++) written.push(file.bytes)
    reread.push(...take.map(({ bytes }) => bytes))
    rewritten += taken
  }
  const isSmall = ({ bytes }: File): boolean => bytes < targetBytes / 2
  for (let window = 1; window <= windows; window++) {
    waiting++
    const isLast = window === windows
    if (!isLast && (waiting * files) / windows < FAN_IN) continue
    const share = waiting / windows
    const raw: File = { bytes: landedBytes * share, rows: rows * share }
    rewrite(chainFrom(raw.bytes, made.filter(isSmall), isLast ? GROWTH_CLOSED : GROWTH_OPEN), raw)
    waiting = 0
  }
  const rest = chainFrom(0, made.filter(isSmall), GROWTH_CLOSED)
  if (rest.length > 1) rewrite(rest, { bytes: 0, rows: 0 })
  return { files: made.length, written, reread, rewrites: rewritten / rows }
}
