import { duration, generationOptions, type MessageInput } from '@fleetlake/contracts'
import { faultOf, type FieldKind } from './fault-of.ts'

export type GenerationInput = MessageInput<'startGeneration'>['options']

/** What the controls hold: texts as typed, and null for a number that is not given. */
export interface GenerationForm {
  vehicles: number | null
  pace: 'real-time' | 'fast'
  speedFactor: number | null
  /** Which of the two says when the run ends. */
  end: 'duration' | 'events'
  duration: string
  events: number | null
  interval: string
  /** Of this machine's zone, as a `datetime-local` control writes it; empty for none. */
  startTime: string
  seed: number | null
  /** Whether its vehicles have the ids that runs share. */
  sharedIds: boolean
  /** Empty: all. */
  vehicleTypes: string[]
  districts: string[]
  /** Further values that vehicles report. */
  measures: string[]
  city: string
  batchRows: number | null
  agents: number | null
}

/** What somebody who is new here would like to see: vehicles that move, now, for a while. */
export const newGenerationForm = (): GenerationForm => ({
  vehicles: 1_500,
  pace: 'real-time',
  speedFactor: 1,
  end: 'duration',
  duration: '1 h',
  events: 1_000_000,
  interval: '5 s',
  startTime: '',
  seed: 1,
  sharedIds: false,
  vehicleTypes: [],
  districts: [],
  measures: [],
  city: '',
  batchRows: 1_200,
  agents: null,
})

export interface FieldFault {
  readonly name: keyof GenerationForm
  readonly message: string
}

export type ReadForm =
  | { readonly ok: true; readonly options: GenerationInput }
  | { readonly ok: false; readonly faults: FieldFault[] }

/** The control that an option of the contract is read from. */
const FIELD_OF: Readonly<Record<keyof GenerationInput, keyof GenerationForm>> = {
  vehicles: 'vehicles',
  events: 'events',
  durationMs: 'duration',
  intervalMs: 'interval',
  startTime: 'startTime',
  seed: 'seed',
  vehicleIds: 'sharedIds',
  vehicleTypes: 'vehicleTypes',
  districts: 'districts',
  measures: 'measures',
  city: 'city',
  realTime: 'pace',
  speedFactor: 'speedFactor',
  batchRows: 'batchRows',
  agents: 'agents',
}

const KINDS: Partial<Record<keyof GenerationForm, FieldKind>> = {
  duration: 'duration',
  interval: 'duration',
  startTime: 'time',
}

/** Ms of a text such as `1 h`; the text itself where it is no duration, which the contract then refuses. */
const durationOf = (text: string): unknown => {
  const trimmed = text.trim()
  return duration.safeParse(trimmed).data ?? trimmed
}

const instantOf = (local: string): string => {
  const time = new Date(local)
  return Number.isNaN(time.getTime()) ? local : time.toISOString()
}

const some = <Value>(list: readonly Value[]): Value[] | undefined => (list.length === 0 ? undefined : [...list])

/** The options that the controls stand for, those at rest left out; unchecked. */
const optionsOf = (form: GenerationForm): Record<string, unknown> => ({
  vehicles: form.vehicles,
  ...(form.end === 'events' ? { events: form.events } : { durationMs: durationOf(form.duration) }),
  intervalMs: durationOf(form.interval),
  ...(form.startTime === '' ? {} : { startTime: instantOf(form.startTime) }),
  seed: form.seed,
  ...(form.sharedIds ? { vehicleIds: 'shared' } : {}),
  vehicleTypes: some(form.vehicleTypes),
  districts: some(form.districts),
  measures: some(form.measures),
  city: form.city.trim() === '' ? undefined : form.city.trim(),
  realTime: form.pace === 'real-time',
  ...(form.pace === 'real-time' ? { speedFactor: form.speedFactor } : {}),
  batchRows: form.batchRows,
  agents: form.agents ?? undefined,
})

/** Checks against the contract; every fault is told at the control that it comes from, one a control. */
export const readGenerationForm = (form: GenerationForm): ReadForm => {
  const options = optionsOf(form)
  const result = generationOptions.safeParse(options)
  if (result.success) return { ok: true, options: options as GenerationInput }
  const faults = new Map<keyof GenerationForm, FieldFault>()
  for (const issue of result.error.issues) {
    const name = FIELD_OF[issue.path[0] as keyof typeof FIELD_OF]
    if (!faults.has(name)) faults.set(name, { name, message: faultOf(issue, KINDS[name] ?? 'other') })
  }
  return { ok: false, faults: [...faults.values()] }
}
