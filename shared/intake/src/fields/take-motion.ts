import { isAbsent } from '../values/absent.ts'
import { quoted } from '../values/decided.ts'
import { readQuantity } from '../values/read-quantity.ts'
import type { Decimal } from '../values/readings.ts'
import { SPEED_UNITS, unitNamed } from '../values/units.ts'
import { chooseField } from './choose-field.ts'
import { add, type Draft, takeByFormat, unitIn } from './draft.ts'
import { sayField, sayFields } from './name-fields.ts'
import { matchesOf, plainName } from './usual-names.ts'

/** The fields of speed and heading. */
export const takeMotion = (draft: Draft): void => {
  const { rows, notes, table } = draft
  if (!takeByFormat(draft, 'speed')) {
    const { matches } = chooseField(rows, 'speed', { taken: draft.taken, isNeeded: false })
    const [first] = matches
    if (first !== undefined) {
      // Others may be in another unit.
      const unit = unitIn(draft, first.name, 'speed').unit ?? first.unit?.name ?? table?.speeds[first.plain]
      add(draft, { name: 'speed', sources: [first.name], by: 'name', unit })
    }
  }
  if (takeByFormat(draft, 'heading')) return
  const isOfRoute = (name: string): boolean =>
    plainName(name) === 'direction' &&
    rows
      .valuesOf(name)
      .every((value) => isAbsent(value) || value === 0 || value === 1 || value === '0' || value === '1')
  const routes = rows.names.filter((name) => !draft.taken.has(name) && isOfRoute(name))
  const taken = new Set([...draft.taken, ...routes])
  const { matches } = chooseField(rows, 'heading', { taken, isNeeded: false })
  if (matches.length === 0) {
    if (routes.length > 0) notes.push(`${sayFields(routes)} is 0 or 1 in all rows, and is not taken for the heading`)
    return
  }
  // Of a ship its heading, and its course where that is not available.
  const all =
    table?.isAis === true
      ? matchesOf(
          rows.names.filter((name) => !taken.has(name)),
          'heading',
        )
      : matches
  const [first] = all
  const sources = all.filter(({ unit }) => unit?.name === first.unit?.name).map(({ name }) => name)
  if (sources.length > 1) notes.push(`heading is read from the first of ${sayFields(sources)} that a row has`)
  add(draft, { name: 'heading', sources, by: 'name', unit: first.unit?.name === '°' ? undefined : first.unit?.name })
}

/** No vehicle on wheels or water is as fast, m/s: such speeds are in another unit. */
const TOO_FAST_MPS = 75

const whyUnit = ({ rows, table }: Draft, source: string): string => {
  if (rows.unitOf(source) !== undefined) return 'the file says'
  return table?.speeds[plainName(source)] === undefined
    ? `the name of ${sayField(source)} says`
    : `${table.title} have it`
}

/** `36 km/h` */
const saysUnit = (value: unknown): boolean => {
  const unit = typeof value === 'string' ? /^[-+\d.,\s]+(\D+)$/.exec(value)?.[1] : undefined
  return unit !== undefined && unitNamed(unit, 'speed') !== undefined
}

/** A speed without a unit is in m/s, unless that can't be. */
export const checkSpeed = (draft: Draft, decimal: Decimal): void => {
  const { fields, options, notes, questions, rows } = draft
  const at = fields.findIndex(({ name }) => name === 'speed')
  if (at < 0) return
  const field = fields[at]
  const [source] = field.sources
  if (options.speedUnit !== undefined) {
    if (field.unit !== undefined && field.unit !== options.speedUnit)
      notes.push(
        `speed is taken in ${options.speedUnit}, as --speed-unit says, though the name of ${sayField(source)} says ${field.unit}`,
      )
    fields[at] = { ...field, unit: options.speedUnit }
    return
  }
  if (field.unit !== undefined) {
    notes.push(`speed is taken in ${field.unit}, as ${whyUnit(draft, source)}`)
    return
  }
  if (field.by === 'format' || !rows.names.includes(source)) return
  const values = rows.valuesOf(source)
  if (values.some(saysUnit)) fields[at] = { ...field, hasOwnUnits: true }
  const units = Object.keys(SPEED_UNITS).join('|')
  if (plainName(source) === 'sog') {
    questions.push(
      `the speeds in ${sayField(source)} may be in knots, as the name is used at sea, or in another unit: say --speed-unit ${units}`,
    )
    return
  }
  const speeds = values
    .filter((value) => typeof value === 'number' || (typeof value === 'string' && /^[-+\d.,\s]+$/.test(value)))
    .map((value) => readQuantity(value, { quantity: 'speed', decimal }))
    .filter((value) => typeof value === 'number')
    .toSorted((a, b) => a - b)
  if (speeds.length === 0) return
  const high = speeds[Math.floor((speeds.length - 1) * 0.95)]
  if (high > TOO_FAST_MPS)
    questions.push(
      `the speeds in ${sayField(source)}, such as ${high}, are too fast for m/s: say --speed-unit ${units}`,
    )
  else
    notes.push(
      `the speeds in ${sayField(source)}, such as ${quoted(high)}, are taken in m/s: --speed-unit says another unit`,
    )
}
