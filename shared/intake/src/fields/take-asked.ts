import type { FormatName } from '../formats/format.ts'
import { type Draft, unitIn } from './draft.ts'
import { listed, noSuchField, sayField } from './name-fields.ts'
import { isColumn, measuresOf } from './parse-mapping.ts'

/** Formats whose rows all have the same fields: one that the sample lacks is in no row. */
const OF_COLUMNS: ReadonlySet<FormatName> = new Set(['csv', 'parquet', 'arrow', 'xlsx', 'sqlite'])

/** The fields of a name that a person gives: two with a plus between them for a day and a time of day. */
const sourcesOf = (source: string, column: string, names: readonly string[]): string[] => {
  if (names.includes(source) || column !== 'event_time' || !source.includes('+')) return [source]
  const at = [...source.matchAll(/\+/g)].map(({ index }) => index)
  const split = at.map((i) => [source.slice(0, i).trim(), source.slice(i + 1).trim()])
  return split.find((pair) => pair.every((name) => names.includes(name))) ?? split[0]
}

/** Fields that are members of an object of that name. */
const membersOf = (name: string, names: readonly string[]): string[] =>
  names.filter((each) => each.startsWith(`${name}.`))

/** The columns that a person maps. */
export const takeAsked = (draft: Draft): void => {
  const { asked, rows, format, fields, notes, taken, questions, options } = draft
  const measures = new Set(measuresOf(asked))
  for (const [name, source] of Object.entries(asked)) {
    const sources = sourcesOf(source, name, rows.names)
    const missing = sources.filter((each) => !rows.names.includes(each))
    for (const each of sources) taken.add(each)
    const objects = missing.filter((each) => membersOf(each, rows.names).length > 0)
    if (objects.length > 0) {
      questions.push(
        ...objects.map(
          (each) =>
            `${sayField(each)} is an object, whose members are fields of their own: name one of ${listed(membersOf(each, rows.names))}`,
        ),
      )
    } else if (missing.length > 0) {
      if (!measures.has(name) || OF_COLUMNS.has(format.name))
        questions.push(...missing.map((each) => noSuchField(each, rows.names)))
      else notes.push(`none of the first ${rows.rows} rows has the field ${sayField(source)}`)
    }
    if (name === 'vehicle_id' && options.vehicleId !== undefined) {
      notes.push(`--vehicle-id counts: vehicle_id is not read from ${sayField(source)}`)
      continue
    }
    if (isColumn(name)) fields.push({ name, sources, by: 'asked', ...unitIn(draft, source, name) })
  }
}
