/** A file of the table `searches`, as far as merging needs to know it. */
export interface MergeFile {
  readonly path: string
  /** `YYYY-MM`, UTC. */
  readonly month: string
  /** How often its rows were merged; undefined of a file that stays as it is. */
  readonly level: number | undefined
  readonly bytes: number
  readonly rows: number
}

export interface Merge {
  readonly paths: readonly string[]
  readonly month: string
  /** Of the file that they become. */
  readonly level: number | undefined
}

/** So many files of a level become one of the next. */
export const FANOUT = 8
/** Larger files stay as they are. */
export const KEPT = { bytes: 512 * 1024, rows: 10_000 }

const isKept = ({ level, bytes, rows }: MergeFile): boolean =>
  level === undefined || bytes >= KEPT.bytes || rows >= KEPT.rows

/**
 * Which files become one, if any. Invariant: files of one month only, at most `FANOUT` of them, none that is kept: so memory is bounded, a row is rewritten as
 * often as the month has levels, and what is left of a month that is over is few files.
 * @param files of all months, the oldest of each month first
 */
export const planMerge = (files: readonly MergeFile[]): Merge | undefined => {
  const months = Map.groupBy(files, ({ month }) => month)
  const newest = [...months.keys()].reduce((latest, month) => (month > latest ? month : latest), '')
  for (const [month, all] of months) {
    const open = all.filter((file) => !isKept(file))
    if (month === newest) {
      const levels = Map.groupBy(open, ({ level }) => level!)
      for (const level of [...levels.keys()].toSorted((a, b) => a - b)) {
        const some = levels.get(level)!
        if (some.length >= FANOUT) return mergeOf(month, some, level + 1)
      }
    } else if (open.length > 1) {
      const some = open.slice(0, FANOUT)
      return mergeOf(month, some, Math.max(...some.map(({ level }) => level!)) + 1)
    }
  }
  return undefined
}

const mergeOf = (month: string, files: readonly MergeFile[], level: number): Merge => ({
  month,
  level,
  paths: files.slice(0, FANOUT).map(({ path }) => path),
})
