import type { Angles } from '../values/decide-angles.ts'
import { arePoints, decidePoints, tellThemselves } from '../values/decide-points.ts'
import { isPointOrder, type PointOrder } from '../values/readings.ts'
import { add, type Draft, isPlanned, settle } from './draft.ts'
import { sayFields } from './name-fields.ts'
import { pointNamesIn } from './usual-names.ts'

/** A field with both coordinates in a cell, where no others have them: by a usual name, or since its values tell that they are places. */
export const takePoint = (draft: Draft): void => {
  if (isPlanned(draft, 'longitude') || isPlanned(draft, 'latitude') || draft.format.hasMeaning) return
  const { rows, taken, questions } = draft
  const free = rows.names.filter((name) => !taken.has(name) && rows.hasAny(name))
  const named = pointNamesIn(free).find((name) => arePoints(rows.valuesOf(name)))
  // Most fields of a wide table are told from places by their first value.
  const telling =
    named === undefined
      ? free.filter((name) => tellThemselves([rows.firstOf(name)]) && tellThemselves(rows.valuesOf(name)))
      : [named]
  if (telling.length > 1) {
    questions.push(
      `places may be in ${sayFields(telling)}: say which with --columns longitude=${telling[0]},latitude=${telling[0]}`,
    )
    return
  }
  const [name] = telling
  if (name === undefined) return
  add(draft, { name: 'longitude', sources: [name], by: 'name' })
  add(draft, { name: 'latitude', sources: [name], by: 'name' })
}

/** Of a nested list of coordinates GeoJSON's type lies beside it. */
const orderBeside = ({ rows }: Draft, name: string): PointOrder | undefined =>
  /(?:^|\.)coordinates$/.test(name) && rows.firstOf(name.replace(/coordinates$/, 'type')) === 'Point'
    ? 'lon-lat'
    : undefined

/** How both coordinates are read from the cells of one field. */
export const angleOfPoint = (draft: Draft, name: string): Angles | undefined => {
  const { coordinates } = draft.options
  const order = settle(
    draft,
    decidePoints({
      name,
      values: draft.rows.names.includes(name) ? draft.rows.valuesOf(name) : [],
      asked: isPointOrder(coordinates) ? coordinates : undefined,
      known: orderBeside(draft, name),
    }),
  )
  if (order === undefined) return undefined
  const reading = { kind: 'point', order, hemisphere: undefined } as const
  return { longitude: reading, latitude: reading }
}
