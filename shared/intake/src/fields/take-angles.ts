import { isAbsent } from '../values/absent.ts'
import { type Angles, type AngleSample, decideAngles } from '../values/decide-angles.ts'
import { isPointOrder } from '../values/readings.ts'
import { type Axis, plainAngle, sideOf } from '../values/read-angle.ts'
import { chooseField } from './choose-field.ts'
import { add, type Draft, isPlanned, plannedOf, settle, takeByFormat } from './draft.ts'
import { sayField, sayFields } from './name-fields.ts'
import { HEMISPHERE_NAMES } from './parse-mapping.ts'
import type { PlannedField } from './plan.ts'
import { angleOfPoint, takePoint } from './take-point.ts'
import { isHemisphereName, plainName, unitInName, WEAK_COORDINATES } from './usual-names.ts'

/** Values of a field with N and S, or E and W, alone: nearly all that it has. */
const hasSides = ({ rows }: Draft, name: string, axis: Axis): boolean => {
  if (sideOf(rows.firstOf(name), axis) === undefined) return false
  const values = rows.valuesOf(name).filter((value) => !isAbsent(value))
  return values.filter((value) => sideOf(value, axis) === undefined).length * 20 <= values.length
}

interface Hemisphere {
  readonly name: string
  /** Not by its own name, but since it lies beside the coordinate's field and has N and S alone. */
  readonly isByPlace: boolean
}

/** The field with the hemisphere of a coordinate, as a person says, or by its name or place. */
const hemisphereOf = (draft: Draft, axis: Axis, source: string): Hemisphere | undefined => {
  const asked = draft.asked[HEMISPHERE_NAMES[axis]]
  if (asked !== undefined) return { name: asked, isByPlace: false }
  const { names } = draft.rows
  const at = names.indexOf(source)
  const near = new Set([names[at + 1], names[at - 1]])
  const free = names.filter((name) => !draft.taken.has(name) && hasSides(draft, name, axis))
  const named = free.find((name) => isHemisphereName(name, axis))
  if (named !== undefined) return { name: named, isByPlace: false }
  const placed = free.find((name) => near.has(name))
  return placed === undefined ? undefined : { name: placed, isByPlace: true }
}

/** The fields with hemispheres. One that only its place shows is taken where both coordinates have one: alone it may be anything. */
const hemispheresOf = (draft: Draft, x: string, y: string): Readonly<Record<Axis, string | undefined>> => {
  const found = { longitude: hemisphereOf(draft, 'longitude', x), latitude: hemisphereOf(draft, 'latitude', y) }
  const isBoth = found.longitude !== undefined && found.latitude !== undefined
  const take = (axis: Axis): string | undefined => {
    const hemisphere = found[axis]
    if (hemisphere === undefined) return undefined
    const { name, isByPlace } = hemisphere
    if (isByPlace && !isBoth) {
      draft.notes.push(
        `${sayField(name)} is not taken for the hemisphere of ${axis}: say --columns ${HEMISPHERE_NAMES[axis]}=${name} if it is`,
      )
      return undefined
    }
    if (isByPlace)
      draft.notes.push(`${sayField(name)} is taken for the hemisphere of ${axis}, by its place and its values`)
    draft.taken.add(name)
    return name
  }
  return { longitude: take('longitude'), latitude: take('latitude') }
}

const takeAngle = (draft: Draft, axis: Axis): void => {
  if (takeByFormat(draft, axis)) return
  const sides = draft.rows.names.filter((name) => hasSides(draft, name, axis))
  const choice = chooseField(draft.rows, axis, { taken: new Set([...draft.taken, ...sides]), isNeeded: true })
  if (choice.question !== undefined) draft.questions.push(choice.question)
  if (choice.matches.length === 0) return
  draft.notes.push(...choice.notes)
  add(draft, { name: axis, sources: choice.matches.map(({ name }) => name), by: 'name' })
}

/** `x` and `y`, where there is nothing better. */
const takeWeakAngles = (draft: Draft): void => {
  if (isPlanned(draft, 'longitude') || isPlanned(draft, 'latitude') || draft.format.hasMeaning) return
  const [x, y] = (['longitude', 'latitude'] as const).map((axis) =>
    draft.rows.names.find(
      (name) =>
        !draft.taken.has(name) && plainName(name).replace(/^(?:gps|coord|point|pos)/, '') === WEAK_COORDINATES[axis],
    ),
  )
  if (x === undefined || y === undefined) return
  const numbers = [x, y].map((name, i) => numbersOf(draft, name, i === 0 ? 'longitude' : 'latitude'))
  if (numbers.every((values) => values.every((value) => Number.isInteger(value) && Math.abs(value) <= 180))) {
    draft.questions.push(
      `${sayFields([x, y])} are whole numbers, such as ${numbers[0][0] ?? 'none'}, ${numbers[1][0] ?? 'none'}: if they are degrees, say --columns longitude=${x},latitude=${y}`,
    )
    return
  }
  draft.notes.push(`longitude and latitude are read from ${sayFields([x, y])}, whose values are degrees`)
  add(draft, { name: 'longitude', sources: [x], by: 'name' })
  add(draft, { name: 'latitude', sources: [y], by: 'name' })
}

const numbersOf = ({ rows }: Draft, name: string, axis: Axis): number[] =>
  rows
    .valuesOf(name)
    .map((value) => plainAngle(value, axis).value)
    .filter((value) => !Number.isNaN(value))

/** "Not available" of AIS is no place. */
const AIS_NO_PLACE: Readonly<Record<Axis, number>> = { longitude: 181, latitude: 91 }

/** The fields of coordinates and of their hemispheres, and how they are read. */
export const takeAngles = (draft: Draft): Angles | undefined => {
  takeAngle(draft, 'longitude')
  takeAngle(draft, 'latitude')
  takePoint(draft)
  takeWeakAngles(draft)
  const [x, y] = [plannedOf(draft, 'longitude'), plannedOf(draft, 'latitude')]
  if (x === undefined || y === undefined) return undefined
  if (x.by === 'format' && y.by === 'format') {
    const degrees = { kind: 'degrees', hemisphere: undefined } as const
    return { longitude: degrees, latitude: degrees }
  }
  if (x.sources[0] === y.sources[0]) return angleOfPoint(draft, x.sources[0])
  const { coordinates } = draft.options
  if (isPointOrder(coordinates))
    draft.notes.push(`--coordinates ${coordinates} is not used: each coordinate has a field of its own`)
  const hemispheres = hemispheresOf(draft, x.sources[0], y.sources[0])
  const sampleOfAngle = ({ sources }: PlannedField, axis: Axis): AngleSample => ({
    name: sources[0],
    values: sources
      .flatMap((source) => draft.rows.valuesOf(source))
      .filter((value) => draft.table?.isAis !== true || plainAngle(value, axis).value !== AIS_NO_PLACE[axis]),
    hemisphere: hemispheres[axis],
  })
  const radians = [x, y]
    .flatMap(({ sources }) => sources)
    .find((name) => unitInName(name, 'angle')?.unit.name === 'rad')
  if (radians !== undefined) {
    draft.questions.push(`${sayField(radians)} is in radians by its name: turn coordinates into degrees first`)
    return undefined
  }
  return settle(
    draft,
    decideAngles({
      longitude: sampleOfAngle(x, 'longitude'),
      latitude: sampleOfAngle(y, 'latitude'),
      asked: isPointOrder(coordinates) ? undefined : coordinates,
    }),
  )
}
