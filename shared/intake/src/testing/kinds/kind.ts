import type { ImportSettings } from '../../settings.ts'

/** A kind of input that people have, as the table of the documentation shows it, and what an import makes of it. */
export interface Kind {
  /** Cells of the table. */
  readonly input: string
  readonly happens: string
  /** The smallest files that are of the kind, by name. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly settings?: ImportSettings
  readonly expected: Outcome
}

export interface Outcome {
  /** The first rows as they are read, at most three; of each what matters here. */
  readonly first?: readonly Readonly<Record<string, string>>[]
  /** Of all rows that are taken; as many as the first ones when missing. */
  readonly rows?: number
  /** Refused rows by reason. */
  readonly reasons?: Readonly<Record<string, number>>
  /** What is odd of rows that are taken, by what it is. */
  readonly doubts?: Readonly<Record<string, number>>
  /** Stands in what is told of how fields are read. */
  readonly told?: string
  /** Stands in what is asked, or what is said of a file that ends the import. */
  readonly asked?: string
}

/** Kinds that belong together. */
export interface KindGroup {
  readonly title: string
  readonly kinds: readonly Kind[]
}

export const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`

/** A CSV file of some rows. */
export const csv = (...rows: readonly string[]): Kind['files'] => ({ 'a.csv': lines(...rows) })

export const T = '2026-05-06T07:08:09Z'
export const T1 = '2026-05-06T07:09:09Z'
