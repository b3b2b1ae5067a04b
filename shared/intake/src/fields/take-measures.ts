import { WELL_KNOWN_MEASURES } from '@fleetlake/columnar'
import { quantityOf } from '../values/units.ts'
import { add, type Draft, isPlanned, unitIn } from './draft.ts'
import { measureTypeOf } from './measure-type.ts'
import { sayField } from './name-fields.ts'
import { isColumn, measuresOf } from './parse-mapping.ts'
import type { PlannedField } from './plan.ts'
import { plainName, unitInName } from './usual-names.ts'

/** The measures that a person maps, and well-known ones by their own names; of quantities in any letters, `Altitude`, while a `State` may be one of a country. */
export const takeMeasures = (draft: Draft): void => {
  const { asked, rows, format, table, taken, questions } = draft
  const meaningOf = (field: string): string | undefined => {
    const plain = plainName(field)
    return table?.measures.has(plain) === true ? table.measures.get(plain) : field
  }
  for (const name of measuresOf(asked)) addMeasure(draft, { name, sources: [asked[name]], by: 'asked' })
  for (const { name } of WELL_KNOWN_MEASURES) {
    if (isPlanned(draft, name)) continue
    const quantity = quantityOf(name)
    const isAlike = (field: string): boolean =>
      quantity !== undefined && !format.hasMeaning && plainName(meaningOf(field) ?? '') === name
    const own = rows.names.find((each) => meaningOf(each) === name) ?? rows.names.find(isAlike)
    if (own !== undefined) {
      if (!taken.has(own)) addMeasure(draft, { name, sources: [own], by: format.hasMeaning ? 'format' : 'name' })
      continue
    }
    if (quantity === undefined || format.hasMeaning) continue
    const found = rows.names.find((each) => !taken.has(each) && unitInName(each, quantity)?.base === name)
    if (found !== undefined) addMeasure(draft, { name, sources: [found], by: 'name' })
  }
  for (const field of draft.fields) {
    const quantity = quantityOf(field.name)
    if (quantity === undefined || field.by !== 'asked' || field.unit !== undefined) continue
    const other = unitInName(field.sources[0])
    const isOther =
      other !== undefined && other.unit.quantity !== quantity && unitInName(field.sources[0], quantity) === undefined
    if (isOther && !isColumn(field.name)) {
      questions.push(
        `${field.name} can't be in ${other.unit.name}, as the name of ${sayField(field.sources[0])} says: give it another name, such as --columns ${plainName(field.name)}_${plainName(other.unit.name)}=${field.sources[0]}`,
      )
    }
  }
}

const addMeasure = (draft: Draft, field: PlannedField): void => {
  const { name, sources } = field
  const type = measureTypeOf(name, draft.rows.names.includes(sources[0]) ? draft.rows.valuesOf(sources[0]) : [])
  const { unit } = field.by === 'format' ? {} : unitIn(draft, sources[0], name)
  const isSaid = draft.rows.unitOf(sources[0]) !== undefined
  if (unit !== undefined && !isSaid)
    draft.notes.push(`${name} is read from ${sayField(sources[0])}, in ${unit} as its name says`)
  add(draft, { ...field, type, ...(unit === undefined ? {} : { unit }) })
}
