import type { Block } from '../formats/block.ts'
import { sayField } from './name-fields.ts'
import { isColumn } from './parse-mapping.ts'
import type { FieldPlan, PlannedField } from './plan.ts'
import { UNIT_TITLES } from '../values/number-time.ts'

/** A column or a measure, and what it is read from. */
export interface PlannedObject {
  readonly name: string
  readonly fields: readonly string[]
  /** How the fields were found. */
  readonly by: string
  /** The unit or the form of the values, in words. */
  readonly detail?: string
  readonly unit?: string
  readonly type?: string
  readonly as?: string
  readonly hemisphere?: string
}

/** A plan for programs. */
export interface PlanObject {
  readonly vehicleId: string | null
  readonly vehicleType: string | null
  readonly columns: readonly PlannedObject[]
  readonly measures: readonly PlannedObject[]
  readonly time: unknown
  readonly decimal: string
  readonly ais: boolean
  readonly notes: readonly string[]
  readonly leftOut: readonly string[]
}

export interface PlanDescription {
  /** `event_time ← "Date", "Time" (DD/MM/YYYY HH:mm:ss, UTC)`, a line a column, then the notes. */
  readonly lines: readonly string[]
  readonly object: PlanObject
  /** Fields of the block that nothing is read from. */
  readonly leftOut: readonly string[]
}

const sayTime = ({ time }: FieldPlan): string => {
  const zone = time.kind === 'instant' || time.zone === undefined ? '' : `, ${time.zone} where there is no offset`
  switch (time.kind) {
    case 'instant':
      return 'as the format has it'
    case 'iso':
      return `ISO 8601${zone}`
    case 'pattern':
      return `${time.pattern}${zone}`
    case 'number':
      return `${UNIT_TITLES[time.unit].title}${time.zone === undefined ? '' : `, ${time.zone}`}`
  }
}

const ANGLES = {
  degrees: 'degrees',
  minutes: 'ddmm.mmmm',
  text: 'degrees, minutes and seconds',
  point: 'degrees, of a place',
} as const

const detailOf = (plan: FieldPlan, { name, unit, hasOwnUnits }: PlannedField): string | undefined => {
  if (name === 'event_time') return sayTime(plan)
  if (name === 'longitude' || name === 'latitude') return ANGLES[plan[name].kind]
  const usual = unit ?? (name === 'speed' ? 'm/s' : undefined)
  return hasOwnUnits === true ? `in the unit of each value, else ${usual}` : usual
}

const hemisphereOf = (plan: FieldPlan, name: string): string | undefined =>
  name === 'longitude' || name === 'latitude' ? plan[name].hemisphere : undefined

const lineOf = (plan: FieldPlan, field: PlannedField): string => {
  const hemisphere = hemisphereOf(plan, field.name)
  const detail = detailOf(plan, field)
  const beside = hemisphere === undefined ? '' : ` with ${sayField(hemisphere)}`
  return `${field.name} ← ${field.sources.map(sayField).join(', ')}${beside}${detail === undefined ? '' : ` (${detail})`}`
}

/** Fields of a block, or of all blocks so far, that nothing is read from. */
export const leftOutOf = (plan: FieldPlan, names: readonly string[]): string[] => {
  const read = new Set(plan.fields.flatMap(({ sources }) => sources))
  for (const axis of [plan.longitude, plan.latitude]) if (axis.hemisphere !== undefined) read.add(axis.hemisphere)
  return names.filter((name) => !read.has(name))
}

/** The mapping that is used, for people and for programs. */
export const describePlan = (plan: FieldPlan, { names }: Pick<Block, 'names'>): PlanDescription => {
  const fixed = [
    ...(plan.vehicleId === undefined ? [] : [`vehicle_id = ${sayField(plan.vehicleId)}`]),
    ...(plan.vehicleType === undefined ? [] : [`vehicle_type = ${sayField(plan.vehicleType)} where a row has none`]),
  ]
  const leftOut = leftOutOf(plan, names)
  return {
    lines: [...fixed, ...plan.fields.map((field) => lineOf(plan, field)), ...plan.notes],
    object: {
      vehicleId: plan.vehicleId ?? null,
      vehicleType: plan.vehicleType ?? null,
      columns: plan.fields.filter(({ name }) => isColumn(name)).map((field) => objectOf(plan, field)),
      measures: plan.fields.filter(({ name }) => !isColumn(name)).map((field) => objectOf(plan, field)),
      time: plan.time.kind === 'instant' ? plan.time : { ...plan.time, zone: plan.time.zone ?? null },
      decimal: plan.decimal,
      ais: plan.isAis,
      notes: plan.notes,
      leftOut,
    },
    leftOut,
  }
}

const objectOf = (plan: FieldPlan, field: PlannedField): PlannedObject => {
  const { name, sources, by, unit, type } = field
  const hemisphere = hemisphereOf(plan, name)
  const detail = detailOf(plan, field)
  return {
    name,
    fields: sources,
    by,
    ...(detail === undefined ? {} : { detail }),
    ...(unit === undefined ? {} : { unit }),
    ...(type === undefined ? {} : { type }),
    ...(name === 'longitude' || name === 'latitude' ? { as: plan[name].kind } : {}),
    ...(hemisphere === undefined ? {} : { hemisphere }),
  }
}
