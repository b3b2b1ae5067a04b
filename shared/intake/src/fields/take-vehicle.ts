import { chooseField, countsRows } from './choose-field.ts'
import { add, type Draft, takeByFormat } from './draft.ts'
import { sayField, sayFields } from './name-fields.ts'
import { plainName, WEAK_IDS } from './usual-names.ts'

/** The field of the vehicle's id. */
export const takeId = (draft: Draft): void => {
  if (draft.options.vehicleId !== undefined || takeByFormat(draft, 'vehicle_id')) return
  const { rows, questions, notes } = draft
  const counting = rows.names.filter((name) => WEAK_IDS.has(plainName(name)) && countsRows(rows, name))
  const choice = chooseField(rows, 'vehicle_id', { taken: new Set([...draft.taken, ...counting]), isNeeded: true })
  if (choice.question !== undefined) questions.push(choice.question)
  if (choice.matches.length === 0) {
    if (counting.length > 0) {
      const name = counting[0]
      questions.push(
        `the field ${sayField(name)} counts the rows, so that it may be no vehicle's: say --columns vehicle_id=${name} if it is, another field, or --vehicle-id if all rows are of one vehicle`,
      )
    }
    return
  }
  notes.push(...choice.notes)
  if (counting.length > 0) notes.push(`${sayFields(counting)} counts the rows, and is not taken for the vehicle`)
  add(draft, { name: 'vehicle_id', sources: choice.matches.map(({ name }) => name), by: 'name' })
}

/** The field of the vehicle's type. */
export const takeType = (draft: Draft): void => {
  if (takeByFormat(draft, 'vehicle_type')) return
  const { matches, notes } = chooseField(draft.rows, 'vehicle_type', { taken: draft.taken, isNeeded: false })
  if (matches.length === 0) return
  draft.notes.push(...notes)
  add(draft, { name: 'vehicle_type', sources: matches.map(({ name }) => name), by: 'name' })
}
