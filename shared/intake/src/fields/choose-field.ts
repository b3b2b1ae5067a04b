import type { ColumnName } from '@fleetlake/columnar'
import { sayField, sayFields } from './name-fields.ts'
import type { Sample } from './sample.ts'
import { type Match, matchesOf, WEAK_IDS } from './usual-names.ts'

/** The fields that a column is read from, by their usual names. */
export interface Choice {
  /** The best first; the others never have a value in a row of the sample in which one before has. */
  readonly matches: readonly Match[]
  readonly notes: readonly string[]
  /** What must be asked, since two fields are equally good. */
  readonly question?: string | undefined
}

const NOTHING: Choice = { matches: [], notes: [] }

const hasBoth = (sample: Sample, a: string, b: string): boolean => {
  for (let row = 0; row < sample.rows; row++) if (sample.has(a, row) && sample.has(b, row)) return true
  return false
}

const areEqual = (sample: Sample, a: string, b: string): boolean => {
  const [valuesA, valuesB] = [sample.valuesOf(a), sample.valuesOf(b)]
  return valuesA.every((value, row) => !sample.has(a, row) || !sample.has(b, row) || value === valuesB[row])
}

/** Whether a field counts the rows: 1, 2, 3, … */
export const countsRows = (sample: Sample, name: string): boolean => {
  const values = sample
    .valuesOf(name)
    .map((value) => (typeof value === 'string' && value !== '' ? Number(value) : value))
  return (
    values.length >= 4 &&
    values.every((value, i) => typeof value === 'number' && (i === 0 || value === Number(values[i - 1]) + 1))
  )
}

export interface ChoiceOptions {
  /** Fields that are read for something else. */
  readonly taken: ReadonlySet<string>
  /** Whether a wrong one would spoil the rows: then two that are equally good are asked for. */
  readonly isNeeded: boolean
}

/** The field of a column by usual names: of those that have values the one with the best name. */
export const chooseField = (sample: Sample, column: ColumnName, { taken, isNeeded }: ChoiceOptions): Choice => {
  const all = matchesOf(sample.names, column).filter(({ name }) => !taken.has(name))
  const filled = all.filter(({ name }) => sample.hasAny(name))
  // An input whose first rows have nothing yet may have it later.
  const matches = filled.length > 0 ? filled : all
  if (matches.length === 0) return NOTHING
  const [first] = matches
  const rivals = matches.filter(
    ({ name, rank }) => name !== first.name && rank === first.rank && hasBoth(sample, name, first.name),
  )
  const different = rivals.filter(({ name }) => !areEqual(sample, name, first.name))
  if (isNeeded && different.length > 0) {
    const names = [first, ...different].map(({ name }) => name)
    return {
      matches: [first],
      notes: [],
      question: `${column} may be in ${names.map(sayField).join(' or in ')}, which differ: say which with --columns ${column}=<field>`,
    }
  }
  const chosen = [first]
  for (const match of matches.slice(1)) {
    if (!WEAK_IDS.has(match.plain) && chosen.every(({ name }) => !hasBoth(sample, name, match.name))) chosen.push(match)
  }
  return { matches: chosen, notes: notesOf(column, chosen, matches) }
}

const notesOf = (column: ColumnName, chosen: readonly Match[], all: readonly Match[]): string[] => {
  const others = all.filter((match) => !chosen.includes(match)).map(({ name }) => name)
  const notes: string[] = []
  if (chosen.length > 1) {
    notes.push(
      `${column} is read from the one of ${sayFields(chosen.map(({ name }) => name))} that a row has: no row of the sample has two`,
    )
  }
  const isTelling =
    column === 'vehicle_id' || column === 'event_time' || column === 'longitude' || column === 'latitude'
  if (isTelling && others.length > 0)
    notes.push(`${column} is read from ${sayField(chosen[0].name)}, not from ${sayFields(others.slice(0, 5))}`)
  return notes
}
