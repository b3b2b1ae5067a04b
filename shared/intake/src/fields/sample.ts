import { type Block, type Field, valueOf } from '../formats/block.ts'
import { isAbsent } from '../values/absent.ts'

/** Rows that a plan is decided over, at most. */
export const MOST_SAMPLED = 5_000
/** Names that are looked at, at most: objects may have others in each row. */
const MOST_NAMES = 10_000

/** The first rows of an input, by fields. */
export interface Sample {
  readonly rows: number
  /** Of all blocks, in the order in which they come. */
  readonly names: readonly string[]
  /** One entry a row; undefined where the row has no such field. */
  valuesOf(name: string): readonly unknown[]
  /** Whether a row has a value in a field. */
  has(name: string, row: number): boolean
  /** The first value of a field; undefined where no row has one. */
  firstOf(name: string): unknown
  /** Whether some row has one. */
  hasAny(name: string): boolean
  /** Whether all values of a field are instants already. */
  isInstant(name: string): boolean
  /** What the input says itself of the unit of a field. */
  unitOf(name: string): string | undefined
}

export const sampleOf = (blocks: readonly Block[]): Sample => {
  const names = new Set<string>()
  const parts: { readonly fields: ReadonlyMap<string, Field>; readonly rows: number }[] = []
  let rows = 0
  for (const block of blocks) {
    for (const name of block.names) if (names.size < MOST_NAMES) names.add(name)
    const taken = Math.min(block.rows, MOST_SAMPLED - rows)
    if (taken > 0) parts.push({ fields: new Map(block.names.map((name, i) => [name, block.fields[i]])), rows: taken })
    rows += taken
  }
  const known = new Map<string, readonly unknown[]>()
  const valuesOf = (name: string): readonly unknown[] => {
    const found = known.get(name)
    if (found !== undefined) return found
    const values = parts.flatMap((part) => {
      const field = part.fields.get(name)
      return Array.from({ length: part.rows }, (_, row) => (field === undefined ? undefined : valueOf(field, row)))
    })
    known.set(name, values)
    return values
  }
  // Most fields of a wide table are only looked at.
  const firsts = new Map<string, unknown>()
  const firstOf = (name: string): unknown => {
    if (firsts.has(name)) return firsts.get(name)
    let first: unknown
    for (const part of parts) {
      const field = part.fields.get(name)
      for (let row = 0; field !== undefined && row < part.rows && isAbsent(first); row++) first = valueOf(field, row)
    }
    const found = isAbsent(first) ? undefined : first
    firsts.set(name, found)
    return found
  }
  return {
    rows,
    names: [...names],
    valuesOf,
    has: (name, row) => !isAbsent(valuesOf(name)[row]),
    firstOf,
    hasAny: (name) => firstOf(name) !== undefined,
    unitOf: (name) => blocks.find(({ units }) => units?.has(name) === true)?.units?.get(name),
    isInstant: (name) => {
      const fields = parts.flatMap((part) => part.fields.get(name) ?? [])
      return fields.length > 0 && fields.every(({ kind }) => kind === 'instant')
    },
  }
}
