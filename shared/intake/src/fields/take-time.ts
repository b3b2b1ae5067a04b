import { createTimeReader, joinTime } from '../values/read-time.ts'
import type { Decimal, TimeReading } from '../values/readings.ts'
import { mostOf } from '../values/suspicion.ts'
import { chooseTime, type TimeChoice, timeOf, type TimeOptions } from './choose-time.ts'
import { add, type Draft, plannedOf, settle } from './draft.ts'
import type { FieldPlan, PlannedField } from './plan.ts'
import { plainName } from './usual-names.ts'

export interface TimeTaken {
  readonly reading: TimeReading
  readonly isInTwo: boolean
  readonly sources: readonly string[]
}

/** The field or fields of the time, and how it is read. */
export const takeTime = (draft: Draft, decimal: Decimal): TimeTaken | undefined => {
  const planned = plannedOf(draft, 'event_time')
  const byFormat = planned === undefined && draft.format.hasMeaning
  const choice = choiceOf(draft, { planned, decimal })
  if (choice === undefined) return undefined
  const reading = settle(draft, choice.decided)
  if (planned === undefined)
    add(draft, { name: 'event_time', sources: choice.sources, by: byFormat ? 'format' : 'name' })
  return reading === undefined ? undefined : { reading, isInTwo: choice.isInTwo, sources: choice.sources }
}

const choiceOf = (
  { rows, options, nowMs, taken, format, table }: Draft,
  { planned, decimal }: { readonly planned: PlannedField | undefined; readonly decimal: Decimal },
): TimeChoice | undefined => {
  const timeOptions: TimeOptions = {
    format: options.timeFormat,
    zone: options.timezone,
    nowMs,
    decimal,
    taken,
    isUtc: (name) => table?.utcTimes.has(plainName(name)) === true,
  }
  if (planned !== undefined) {
    const { sources } = planned
    const isThere = sources.every((name) => rows.names.includes(name))
    return isThere ? timeOf(rows, { sources, isInTwo: sources.length > 1 }, timeOptions) : undefined
  }
  if (!format.hasMeaning) return chooseTime(rows, timeOptions)
  const isThere = rows.names.includes('event_time') && !taken.has('event_time')
  return isThere ? timeOf(rows, { sources: ['event_time'], isInTwo: false }, timeOptions) : undefined
}

/** When most rows of the sample are. */
export const sampledPeriod = (
  draft: Draft,
  { reading, isInTwo, sources, decimal }: TimeTaken & { readonly decimal: Decimal },
): FieldPlan['sampled'] => {
  const { read } = createTimeReader(reading, decimal)
  const { rows } = draft
  const values = Array.from({ length: rows.rows }, (_, row) => {
    if (isInTwo) return joinTime(rows.valuesOf(sources[0])[row], rows.valuesOf(sources[1])[row])
    const source = sources.find((name) => rows.has(name, row))
    return source === undefined ? undefined : rows.valuesOf(source)[row]
  })
  return mostOf(values.map(read).filter((ms) => typeof ms === 'number'))
}
