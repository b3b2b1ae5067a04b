import type { GenerationOptions, MessageInput, SimulatedMeasure } from '@fleetlake/contracts'
import { parseCount, parseDuration, parseInstant, parseList, parseNumber } from '../options.ts'

type Input = MessageInput<'startGeneration'>['options']
type Key = keyof GenerationOptions

interface Flag {
  readonly flag: string
  /** Missing for a switch. */
  readonly parse?: (text: string) => Input[Key]
  /** Of a switch: what it stands for, if not for true, and what it says. */
  readonly stands?: { readonly value: Input[Key]; readonly about: string }
}

/** One flag for each option of a generation. Invariant: none is missing. */
export const GENERATION_FLAGS: { readonly [Name in Key]: Flag } = {
  vehicles: { flag: '--vehicles <count>', parse: parseCount },
  events: { flag: '--events <count>', parse: parseCount },
  durationMs: { flag: '--duration <duration>', parse: parseDuration },
  intervalMs: { flag: '--interval <duration>', parse: parseDuration },
  startTime: { flag: '--start-time <time>', parse: (text) => new Date(parseInstant(text, Date.now())).toISOString() },
  seed: { flag: '--seed <number>', parse: parseNumber },
  vehicleIds: {
    flag: '--shared-ids',
    stands: {
      value: 'shared',
      about:
        'name the vehicles v-000001 and so on, as every run with this flag does; without it a run has ids of its own, such as v-7k3f9a-000001',
    },
  },
  vehicleTypes: { flag: '--types <list>', parse: parseList },
  districts: { flag: '--districts <list>', parse: parseList },
  city: { flag: '--city <name>', parse: (text) => text },
  measures: { flag: '--measures <list>', parse: (text) => parseList(text) as SimulatedMeasure[] },
  realTime: { flag: '--real-time' },
  speedFactor: { flag: '--speed-factor <number>', parse: parseNumber },
  batchRows: { flag: '--batch-rows <count>', parse: parseCount },
  agents: { flag: '--agents <count>', parse: parseCount },
}

/** Flags whose names are not those of the options. */
const RENAMED: Partial<Record<Key, string>> = {
  durationMs: 'duration',
  intervalMs: 'interval',
  vehicleTypes: 'types',
  vehicleIds: 'sharedIds',
}

/** The name that commander keeps a flag's value under. */
const keptAs = (name: Key): string => RENAMED[name] ?? name

/** The options of a generation, of those that commander kept. */
export const generationOf = (kept: Readonly<Record<string, unknown>>): Input => {
  const names = Object.keys(GENERATION_FLAGS) as Key[]
  return Object.fromEntries(
    names
      .filter((name) => kept[keptAs(name)] !== undefined)
      .map((name) => [name, GENERATION_FLAGS[name].stands?.value ?? kept[keptAs(name)]]),
  ) as Input
}
