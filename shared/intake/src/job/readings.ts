import { FleetError } from '@fleetlake/core'
import { describePlan, leftOutOf } from '../fields/describe-plan.ts'
import type { FieldPlan } from '../fields/plan.ts'
import { planFields } from '../fields/plan-fields.ts'
import { readScalars } from '../fields/read-scalars.ts'
import { type Block, valueOf } from '../formats/block.ts'
import type { Format } from '../formats/format.ts'
import type { Mapping } from '../importer.ts'
import { type InputReading, inputReadingOf } from '../rows/input-reading.ts'
import { isFault } from '../rows/row-fault.ts'
import type { ImportSettings } from '../settings.ts'
import type { OpenedInput } from './opened-input.ts'

/** How the inputs of an import are read: inputs of one format with the same fields are read alike, as the first of them showed. */
export interface Readings {
  /** @throws FleetError `import.invalid` with what must be said first, `usage.invalid` */
  readingOf(opened: OpenedInput, first: Block): InputReading
  /** The fields that rows are read from, of blocks with these names and units; undefined as long as that is not decided. */
  neededOf(format: Format, form: Form): ReadonlySet<string> | undefined
  /** What a resumed import must know of them. */
  known(): KnownReadings
}

/** How inputs were read so far. */
export interface KnownReadings {
  /** By the form of inputs. */
  readonly plans: readonly (readonly [form: string, plan: FieldPlan])[]
  /** Times that the end of daylight saving repeats. */
  readonly ambiguousTimes: number
}

export interface ReadingsOptions {
  /** Of the import that is resumed: its rows are read as those before. */
  readonly known?: KnownReadings | undefined
  readonly settings: ImportSettings
  readonly nowMs: number
  /** Told when an input has another form than all before it. */
  readonly onMapping: (mapping: Mapping) => void
}

/** Forms that are remembered: files of an import have few. */
const MOST_FORMS = 1_000
const SHOWN_ROWS = 3

export const createReadings = ({ settings, nowMs, onMapping, known }: ReadingsOptions): Readings => {
  const plans = new Map<string, FieldPlan>(known?.plans)
  /** Plans of before that were not told yet. */
  const untold = new Set(plans.keys())
  let current:
    | { readonly plan: FieldPlan; readonly vehicleId: string | undefined; readonly reading: InputReading }
    | undefined
  let ambiguous = known?.ambiguousTimes ?? 0
  const { columns = {}, vehicleId: ofAll, ...options } = settings

  const decide = (opened: OpenedInput, first: Block): FieldPlan => {
    const { format, input, vehicleId } = opened
    const question = {
      format,
      sample: [first],
      asked: columns,
      options: { ...options, vehicleId: ofAll ?? vehicleId },
      nowMs,
    }
    const plan = sayingWhere(input.name, () => planFields(question))
    tell(opened, plan, first)
    return plan
  }
  const tell = ({ input, format }: OpenedInput, plan: FieldPlan, first: Block): void =>
    onMapping(mappingOf({ file: input.name, format: format.name, plan, first }))
  return {
    readingOf: (opened, first) => {
      const key = formOf(opened.format, first)
      const plan = plans.get(key) ?? decide(opened, first)
      if (untold.delete(key)) tell(opened, plan, first)
      if (plans.size >= MOST_FORMS) plans.clear()
      plans.set(key, plan)
      const vehicleId = ofAll ?? opened.vehicleId
      if (current?.plan === plan && current.vehicleId === vehicleId) return current.reading
      if (current !== undefined) ambiguous += current.reading.scalars.ambiguousTimes()
      current = { plan, vehicleId, reading: inputReadingOf({ ...plan, vehicleId }) }
      return current.reading
    },
    neededOf: (format, form) => {
      const plan = plans.get(formOf(format, form))
      if (plan === undefined) return undefined
      const leftOut = new Set(leftOutOf(plan, form.names))
      return new Set(form.names.filter((name) => !leftOut.has(name)))
    },
    known: () => ({
      plans: [...plans],
      ambiguousTimes: ambiguous + (current === undefined ? 0 : current.reading.scalars.ambiguousTimes()),
    }),
  }
}

type Form = Pick<Block, 'names' | 'units'>

/** Inputs of one format with the same names, in the same units, are of one form. */
const formOf = (format: Format, { names, units = new Map() }: Form): string =>
  JSON.stringify([format.name, names, [...units]])

/** A question names the file that asks it. */
const sayingWhere = <Result>(file: string, decide: () => Result): Result => {
  try {
    return decide()
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    throw new FleetError(error.code, `${file}: ${error.message}`)
  }
}

interface Shown {
  readonly file: string
  readonly format: Mapping['format']
  readonly plan: FieldPlan
  readonly first: Block
}

const mappingOf = ({ file, format, plan, first }: Shown): Mapping => {
  const { lines, object, leftOut } = describePlan(plan, first)
  const scalars = readScalars(plan)
  const byName = new Map(first.names.map((name, i) => [name, first.fields[i]]))
  const rows = Array.from({ length: Math.min(SHOWN_ROWS, first.rows) }, (_, row) => {
    const read = scalars.read((name) => {
      const field = byName.get(name)
      return field === undefined ? undefined : valueOf(field, row)
    })
    if (isFault(read)) return { refused: `${read.reason}: ${read.detail}` }
    const { vehicleId, vehicleType, eventTime, longitude, latitude, speed, heading, measures } = read
    return {
      vehicle_id: vehicleId,
      ...(vehicleType === undefined ? {} : { vehicle_type: vehicleType }),
      event_time: isDate(eventTime) ? new Date(eventTime).toISOString() : String(eventTime),
      longitude: String(longitude),
      latitude: String(latitude),
      ...(Number.isNaN(speed) ? {} : { speed: String(Math.round(speed * 100) / 100) }),
      ...(Number.isNaN(heading) ? {} : { heading: String(heading) }),
      ...Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, String(value)])),
    }
  })
  return { file, format, lines, object, leftOut, first: rows }
}

const isDate = (ms: number): boolean => Number.isFinite(ms) && Math.abs(ms) <= 8.64e15
