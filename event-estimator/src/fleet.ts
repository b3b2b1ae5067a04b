import { DEFAULT_CONFIG } from '@fleetlake/contracts'
import { FleetError, MAX_CELL_LENGTH } from '@fleetlake/core'
import { z } from 'zod'

const { archive, collector, compactor, hub, projector } = DEFAULT_CONFIG
const YEAR_MS = 365.25 * 86_400_000

/** What is said of a fleet and of the deployment that is to hold it; what is not said is as by default. */
export const fleetSchema = z.strictObject({
  vehicles: z.number().int().min(1).max(100_000_000).describe('vehicles that report'),
  intervalMs: z.number().min(100).max(86_400_000).default(5_000).describe('time between two reports of a vehicle'),
  drivingShare: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('share of the day during which a vehicle reports; machines are sized for all of them at once'),
  areaKm2: z.number().gt(0).max(510_000_000).default(500).describe('area that the fleet drives in, km²'),
  cells: z
    .number()
    .int()
    .min(1)
    .max(100_000_000)
    .optional()
    .describe('cells that the fleet drives in. Default: those of the area'),
  latitude: z.number().min(-85).max(85).default(35).describe('where cells are as wide as there, degrees'),
  geohashLength: z.number().int().min(1).max(MAX_CELL_LENGTH).default(5).describe('length of a cell'),
  windowMs: z.number().min(1_000).max(86_400_000).default(archive.windowMs).describe('archive.windowMs'),
  maxAgeMs: z.number().min(1_000).max(3_600_000).default(collector.maxAgeMs).describe('collector.maxAgeMs'),
  partitions: z.number().int().min(1).max(64).default(8).describe('partitions of the hub'),
  replicas: z.number().int().min(1).max(5).default(3).describe('copies of each stream, each on a server of its own'),
  collectors: z.number().int().min(1).max(64).default(2).describe('collectors'),
  finders: z.number().int().min(1).max(64).default(2).describe('finders'),
  messages: z
    .enum(['batches', 'single'])
    .default('batches')
    .describe('`batches`: Arrow messages of about 1,200 positions; `single`: one JSON message a position'),
  years: z
    .number()
    .min(1 / 12)
    .max(100)
    .default(Math.round(archive.retentionMs / YEAR_MS))
    .describe('how long positions are kept, years'),
  searchesPerDay: z.number().min(0).max(100_000_000).default(1_000).describe('searches a day'),
  filesPerSearch: z.number().min(0).max(100_000).default(4).describe('files that a search reads'),
  bytesPerPosition: z
    .number()
    .gt(0)
    .max(10_000)
    .optional()
    .describe(
      'bytes of an archived position once it is compacted, e.g. of a table that there is. Default: as measured',
    ),
})

export type Fleet = Readonly<z.output<typeof fleetSchema>>
export type GivenFleet = Readonly<z.input<typeof fleetSchema>>

/** What of the settings decides here and is not asked: as by default. */
export const SETTINGS = {
  maxRows: collector.maxRows,
  collectorMemory: collector.memory,
  compactorMemory: compactor.memory,
  targetBytes: Math.min(compactor.targetBytes, compactor.memory / 4),
  graceMs: compactor.graceMs,
  vacuumEveryMs: compactor.vacuumEveryMs,
  compactEveryMs: compactor.everyMs,
  projectorMemory: projector.memory,
  projectEveryMs: projector.everyMs,
  maxBytesPerPartition: hub.maxBytesPerPartition,
} as const

/** How a field was asked for, and a value of it is written there. */
export interface AskedAs {
  readonly name: string
  readonly write?: (value: number) => string
}

type Issue = z.core.$ZodIssue

const sentenceOf = (issue: Issue, { name, write = String }: AskedAs): string => {
  if (issue.code === 'too_big')
    return `${name} must be ${issue.inclusive === false ? 'less than' : 'at most'} ${write(Number(issue.maximum))}`
  if (issue.code === 'too_small')
    return `${name} must be ${issue.inclusive === false ? 'more than' : 'at least'} ${write(Number(issue.minimum))}`
  return `${name}: ${issue.message}`
}

/**
 * @param asked what whoever gave the fleet calls its fields; by their own names when missing
 * @throws FleetError `usage.invalid` that names what is wrong, and what it may be
 */
export const parseFleet = (given: unknown, asked: Readonly<Partial<Record<keyof Fleet, AskedAs>>> = {}): Fleet => {
  const parsed = fleetSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue.path.join('.')
  throw new FleetError(
    'usage.invalid',
    sentenceOf(issue, asked[field as keyof Fleet] ?? { name: field || 'the fleet' }),
  )
}
