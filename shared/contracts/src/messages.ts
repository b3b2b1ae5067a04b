import { MAX_TEXT_BYTES } from '@fleetlake/core'
import {
  isMeasureName,
  MAX_ATTRIBUTES_BYTES,
  MAX_DESCRIPTION_LENGTH,
  MAX_FILTER_BYTES,
  MAX_MEASURE_TEXT_BYTES,
  MAX_MEASURES,
  MAX_UNIT_LENGTH,
  MEASURE_TYPES,
  textBytes,
} from '@fleetlake/columnar'
import { z } from 'zod'
import { MAX_NAMED_AREAS, usedArea } from './area-names.ts'
import { count, instant, MOST, path, sentence, sequence, text, token } from './fields.ts'
import { GROUPS } from './patterns.ts'
import { VEHICLE_IDS } from './generation/generated-vehicles.ts'
import { ANYONE, MAX_PERSON_TOKEN, PERSON_TOKEN } from './people/person-token.ts'
import type { Right } from './people/rights.ts'
import { HUB_SERVICES, type Party } from './services/hub-services.ts'

/** How a message's data is carried. */
export type Content = 'json' | 'positions' | 'any'

/**
 * What a person's page does with a message if the person has a right: `sends` it; `hears` it, where its stream repeats it if a stream does; `hears-below`: hears everything that
 * begins as its subject does.
 */
export interface PageUse {
  readonly use: 'sends' | 'hears' | 'hears-below'
  readonly right: Right
  /** Only by who sees all vehicles, or only by who does not; by both when missing. */
  readonly sees?: 'all' | 'some'
}

/**
 * One message: everything that its validator, its type, its subject, its queue group, its stream, the permissions of the page's user and
 * its documentation are made from.
 */
export interface MessageDefinition {
  readonly type: string
  /** A pattern, with `<parameters>` in angle brackets. Missing: the message goes to the reply subject of a request. */
  readonly subject?: string
  /** Each message goes to one member of it. */
  readonly queueGroup?: string
  /** The name of the message that answers a request. */
  readonly answer?: string
  /** Nothing when missing. */
  readonly page?: PageUse
  /** The JetStream stream that keeps it, a pattern too, and where that repeats what it has stored. */
  readonly stored?: { readonly stream: string; readonly repeatedTo?: string }
  readonly from: readonly Party[]
  readonly to: readonly Party[]
  readonly about: string
  readonly content: Content
  readonly data: z.ZodType
  /** Headers beside those of CloudEvents. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Texts keep their own types: the subject's parameters are read from its pattern by the compiler. */
const define = <const Definition extends MessageDefinition>(definition: Definition): Definition => definition

/** Where persons get their answers. */
const INBOX = 'inbox.<person>.<uid>'

/** Data that is not JSON. */
const binary = z.instanceof(Uint8Array)

/** A vehicle's id or type. */
const vehicleText = z
  .string()
  .min(1)
  .max(MAX_TEXT_BYTES)
  .refine((value) => value.isWellFormed(), 'is not Unicode')
  .refine((value) => textBytes(value) <= MAX_TEXT_BYTES, `takes at most ${MAX_TEXT_BYTES} bytes of UTF-8`)
  .describe(`1 to ${MAX_TEXT_BYTES} bytes of UTF-8`)

/** How long a query may run at most: what it reads stays readable for longer. */
export const LONGEST_QUERY_MS = 3_600_000
/** How long one may run that says nothing of it. */
export const DEFAULT_QUERY_MS = 60_000

/** Bounds of one generation: its positions, its simulated time, and how long it may take. */
export const MOST_GENERATED = 1_000_000_000
export const LONGEST_GENERATION_MS = 31 * 86_400_000
export const LONGEST_RUN_MS = 86_400_000
/** The simulated time of one that names neither that nor its positions. */
export const DEFAULT_GENERATION_MS = 3_600_000

/** Streams of a hub, with room to spare: there are 64 at most. */
const MOST_PARTITIONS = 1_024
const MOST_AGENTS = 1_000
/** Windows, tasks or faults of one message: what the server takes of a message, 1 MiB, is less. */
const MOST_ENTRIES = 100_000

const person = z.string().regex(PERSON_TOKEN, 'must be the token of a person').max(MAX_PERSON_TOKEN)
const perSecond = z.number().min(0).max(MOST)
const instantMs = z.number().int().min(-MOST).max(MOST)
const elapsed = z.number().min(0).max(MOST)
const partition = z.number().int().min(0).max(1_000_000)

/** Measures that simulated vehicles can report. */
export const SIMULATED_MEASURES = [
  'temperature',
  'battery',
  'fuel',
  'odometer',
  'ignition',
  'altitude',
  'driver_id',
  'order_id',
] as const

export type SimulatedMeasure = (typeof SIMULATED_MEASURES)[number]

/** What a user asks of a generation; the rest has defaults. */
export const generationOptions = z.strictObject({
  vehicles: z.number().int().min(1).max(10_000_000).default(1_500).describe('number of vehicles'),
  events: z
    .number()
    .int()
    .min(1)
    .max(MOST_GENERATED)
    .optional()
    .describe(
      'number of positions to generate, instead of durationMs. A run generates at most 1,000,000,000, whichever is given',
    ),
  durationMs: z
    .number()
    .int()
    .min(1)
    .max(LONGEST_GENERATION_MS)
    .optional()
    .describe('simulated time, at most 31 days. Default without events: one hour'),
  intervalMs: z
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(5_000)
    .describe('time between two positions of a vehicle'),
  startTime: instant
    .optional()
    .describe('start of the simulated time, within what the archive keeps. Default: chosen so that the run ends now'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .default(1)
    .describe(
      'the same seed gives the same rows, but for what tells one run from another: ids of its own and `source`',
    ),
  vehicleIds: z
    .enum(VEHICLE_IDS)
    .default('own')
    .describe(
      'ids of the vehicles: `own` are those of this run, such as v-7k3f9a-000105; `shared` are v-000001 and so on, those of every run that shares them, so that one vehicle may be in two places at a time',
    ),
  vehicleTypes: z
    .array(vehicleText)
    .min(1)
    .max(64)
    .optional()
    .describe('vehicle types. Default: those of the city pack'),
  districts: z
    .array(text)
    .min(1)
    .max(1_000)
    .optional()
    .describe('districts in which the vehicles are at home. Default: all'),
  city: text.optional().describe('name of the city pack that the generator must have loaded'),
  measures: z
    .array(z.enum(SIMULATED_MEASURES, `must be of ${SIMULATED_MEASURES.join(', ')}`))
    .min(1)
    .max(SIMULATED_MEASURES.length)
    .refine((names) => new Set(names).size === names.length, 'names a measure twice')
    .optional()
    .describe(
      `measures that vehicles report: ${SIMULATED_MEASURES.join(', ')}. Default: none. The table stores each in its column if the table has that column, else in \`attributes\``,
    ),
  realTime: z
    .boolean()
    .default(false)
    .describe(
      'run at the pace of the simulated time instead of as fast as possible; either way a run takes at most 24 h',
    ),
  speedFactor: z.number().min(0.001).max(10_000).default(1).describe('with realTime: simulated seconds per second'),
  batchRows: z.number().int().min(1).max(10_000).default(1_200).describe('rows of a move, at most'),
  agents: z
    .number()
    .int()
    .min(1)
    .max(MOST_AGENTS)
    .optional()
    .describe('number of generators that share the work. Default: all'),
})

export type GenerationOptions = z.output<typeof generationOptions>

/** How far a stream is filled: its incarnation and its last sequence. */
export const streamPosition = z.strictObject({
  partition,
  stream: text,
  created: text.describe('creation time of the stream, as the server writes it'),
  sequence,
})

export type StreamPosition = z.output<typeof streamPosition>

const streams = z.array(streamPosition).max(MOST_PARTITIONS)
const failed = z.array(z.strictObject({ path, reason: sentence })).max(MOST_ENTRIES)
const period = { from: instant, to: instant.describe('exclusive') }

/** How much, and how long, a question of a person may take. */
const bounds = {
  limit: z.number().int().min(1).max(MOST).optional().describe('maximum number of rows'),
  timeoutMs: z
    .number()
    .int()
    .min(1)
    .max(LONGEST_QUERY_MS)
    .default(DEFAULT_QUERY_MS)
    .describe('time limit of the query'),
  ttlMs: z
    .number()
    .int()
    .min(1)
    .max(LONGEST_QUERY_MS)
    .default(10_000)
    .describe('how long the query may wait to be started, from when a finder has received it'),
}

/** The fields of a vehicle query that select rows. */
const selection = {
  ...period,
  vehicleTypes: z.array(text).min(1).max(1_000).optional().describe('Default: any'),
  vehicleIds: z.array(text).min(1).max(100_000).optional().describe('Default: any'),
}

/** Names of measures that one query may ask for; `*` is one. */
export const MAX_SELECTED = 64

/** A filter, whose language is in docs/search-filters.md. */
const filter = z
  .string()
  .min(1)
  .max(MAX_FILTER_BYTES)
  .refine((value) => value.isWellFormed(), 'is not Unicode')
  .refine((value) => textBytes(value) <= MAX_FILTER_BYTES, `takes at most ${MAX_FILTER_BYTES} bytes of UTF-8`)

/** Of what a search asks for: its record keeps so many bytes of each, as JSON, and how many there were. */
export const RECORDED_BYTES = 8_192

const recorded = z.array(text).max(RECORDED_BYTES)
const degrees = z.number().min(-540).max(540)

/** A measure as a task names it: the table's name and type, and of one that the answer carries what the table says of it. */
const measure = z.strictObject({
  name: z.string().max(63).refine(isMeasureName, 'is not a name of a measure'),
  type: z.enum(MEASURE_TYPES),
  unit: z.string().max(MAX_UNIT_LENGTH).optional(),
  description: z.string().max(MAX_DESCRIPTION_LENGTH).optional(),
})
const measures = z.array(measure).max(MAX_MEASURES)

const vehicleTexts = z.array(vehicleText).max(MOST_ENTRIES)

export const queryStatus = z.enum(['complete', 'limit-reached', 'timed-out', 'cancelled', 'partial', 'refused'])
export type QueryStatus = z.output<typeof queryStatus>

const POSITION_HEADERS = {
  'fleet-rows': 'number of rows',
  'fleet-from': 'the earliest event_time, ms since the epoch',
  'fleet-to': 'the latest event_time, ms since the epoch, inclusive',
  'fleet-bounds': 'west,south,east,north in degrees',
}

export const messages = {
  startGeneration: define({
    type: 'start-generation',
    subject: 'generation.start.<person>',
    queueGroup: 'generators',
    page: { use: 'sends', right: 'generate' },
    from: ['page', 'terminal'],
    to: ['generator (coordinator)'],
    about: 'Starts a run of simulated vehicles. Progress and stats go to the reply subject.',
    content: 'json',
    data: z.strictObject({ run: token, options: generationOptions }),
  }),
  stopGeneration: define({
    type: 'stop-generation',
    subject: 'generation.stop.<person>',
    page: { use: 'sends', right: 'generate' },
    from: ['page', 'terminal', 'generator (coordinator)'],
    to: ['generator'],
    about: 'Stops a run. What it has published stays.',
    content: 'json',
    data: z.strictObject({ run: token }),
  }),
  generatePartition: define({
    type: 'generate-partition',
    subject: 'generation.agent.<agent>',
    from: ['generator (coordinator)'],
    to: ['generator (agent)'],
    about: "One agent's share of a run: the vehicles whose index modulo `agents` is `share`.",
    content: 'json',
    data: z.strictObject({
      run: token,
      options: generationOptions,
      startTime: instant,
      events: count.describe('positions of the whole run'),
      share: z.number().int().min(0).max(MOST_AGENTS),
      agents: z.number().int().min(1).max(MOST_AGENTS),
    }),
  }),
  generatePartitionStats: define({
    type: 'generate-partition-stats',
    subject: 'service-inbox.generator.<uid>',
    from: ['generator (agent)'],
    to: ['generator (coordinator)'],
    about: 'Progress of an agent, each half second and at the end.',
    content: 'json',
    data: z.strictObject({
      run: token,
      share: count,
      status: z.enum(['running', 'complete', 'stopped', 'failed']),
      events: count.describe('positions that the hub has acknowledged'),
      messages: count,
      waitingMs: count.describe('time spent waiting for space in the streams'),
      streams: streams.describe('last sequence that this agent has stored, per stream'),
      note: sentence.optional().describe('what the run is waiting for, if anything'),
      error: sentence.optional(),
    }),
  }),
  generationProgress: define({
    type: 'generation-progress',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['generator (coordinator)'],
    to: ['page', 'terminal'],
    about: 'Progress of a run.',
    content: 'json',
    data: z.strictObject({
      run: token,
      phase: z.enum(['generating', 'flushing']),
      events: count,
      total: count,
      eventsPerSecond: perSecond,
      elapsedMs: count,
      agents: count,
      note: sentence.optional().describe('what the run is waiting for, if anything'),
    }),
  }),
  generationStats: define({
    type: 'generation-stats',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['generator (coordinator)'],
    to: ['page', 'terminal'],
    about: 'How a run ended. `flushed` says whether the table holds every row of the run.',
    content: 'json',
    data: z.strictObject({
      run: token,
      status: z.enum(['complete', 'stopped', 'failed']),
      events: count,
      total: count,
      flushed: z.boolean(),
      elapsedMs: count,
      eventsPerSecond: perSecond,
      agents: count,
      ...period,
      streams,
      error: sentence.optional(),
      code: text.optional().describe('code of the error, e.g. `generation.refused`'),
    }),
  }),
  generationStatus: define({
    type: 'generation-status',
    subject: 'generation.runs.<run>',
    page: { use: 'hears', right: 'live' },
    from: ['generator (coordinator)'],
    to: ['page'],
    about: 'How far a run has come, for those who have not asked for it: each second, and at its end.',
    content: 'json',
    data: z.strictObject({
      run: token,
      status: z.enum(['generating', 'archiving', 'stopping', 'complete', 'stopped', 'failed']),
      startedAt: instant,
      person: person.describe('who has asked for it'),
      elapsedMs: count,
      vehicles: count,
      realTime: z.boolean(),
      events: count.describe('positions that the hub has acknowledged'),
      total: count.describe('positions of the whole run; 0 while it is not known'),
      eventsPerSecond: perSecond,
      agents: count,
      note: sentence.optional().describe('what the run is waiting for, if anything'),
      error: sentence.optional(),
    }),
  }),
  move: define({
    type: 'move',
    subject: 'commands.move.<partition>',
    stored: { stream: 'MOVES_<partition>', repeatedTo: 'live.move.<partition>' },
    page: { use: 'hears', right: 'live', sees: 'all' },
    from: ['generator', 'terminal', 'viewer', 'device'],
    to: ['collector', 'page'],
    about:
      'Positions with their measures: a batch as an Arrow IPC stream, or one position as JSON. Message id and ce-id are <run>/<agent>/<partition>/<n>; of imports ' +
      '<n>-<digest of the payload> instead of <n>.',
    content: 'positions',
    data: binary,
    headers: {
      ...POSITION_HEADERS,
      'fleet-digest':
        '`crc32:` and the CRC-32 of the payload (that of zlib and IEEE 802.3, of `123456789` it is `cbf43926`), 8 hexadecimal digits; a message may have none',
      'Nats-Msg-Id': 'the ce-id; stored once within the duplicate window',
    },
  }),
  liveWanted: define({
    type: 'live-wanted',
    subject: 'live.wanted.<person>',
    page: { use: 'sends', right: 'live', sees: 'some' },
    from: ['page'],
    to: ['gateway'],
    about:
      'Each 5 s: the page of a person who does not see all vehicles shows live positions. For 15 s a gateway sends it those of the vehicles that the person sees.',
    content: 'json',
    data: z.strictObject({}),
  }),
  seenMove: define({
    type: 'seen-move',
    subject: 'live.seen.<person>.<partition>',
    page: { use: 'hears', right: 'live', sees: 'some' },
    from: ['gateway'],
    to: ['page'],
    about: 'What of a `move` a person sees who does not see all vehicles, as an Arrow IPC stream.',
    content: 'positions',
    data: binary,
    headers: { 'Nats-Time-Stamp': 'when the hub stored the move' },
  }),
  importStatus: define({
    type: 'import-status',
    subject: 'imports.<job>',
    page: { use: 'hears', right: 'live' },
    from: ['terminal', 'viewer'],
    to: ['page'],
    about: 'How far an import of files has come, each second and at its end.',
    content: 'json',
    data: z.strictObject({
      job: token,
      name: text.describe('of the first file or folder'),
      status: z.enum(['reading', 'archiving', 'complete', 'stopped', 'failed']),
      startedAt: instant,
      elapsedMs: count,
      files: count,
      filesDone: count,
      filesFailed: count.describe('files that could not be read to their end'),
      bytes: count
        .optional()
        .describe('of all files as they are stored, packed ones packed; missing where it is not known'),
      bytesDone: count,
      rows: count.describe('rows that were taken'),
      stored: count.describe('rows that the hub has acknowledged'),
      refused: count.describe('rows that were not taken'),
      note: sentence.optional().describe('what the import is waiting for, if anything'),
      error: sentence.optional(),
    }),
  }),
  flush: define({
    type: 'flush',
    subject: 'commands.flush.<partition>',
    answer: 'flushed',
    from: ['generator', 'finder', 'terminal', 'viewer'],
    to: ['collector (of the partition)'],
    about:
      'A request that is answered once the table holds the stream up to the sequence. Repeat it while there is no answer.',
    content: 'json',
    data: streamPosition,
  }),
  flushed: define({
    type: 'flushed',
    from: ['collector'],
    to: ['generator', 'finder', 'terminal', 'viewer'],
    about: 'The answer to `flush`.',
    content: 'json',
    data: z.strictObject({ committed: sequence.describe('sequence up to which the table holds the stream') }),
  }),
  aggregatePeriodStats: define({
    type: 'aggregate-period-stats',
    subject: 'stats',
    page: { use: 'hears', right: 'live' },
    from: ['collector'],
    to: ['page', 'terminal'],
    about: 'What one commit added to the table, per window.',
    content: 'json',
    data: z.strictObject({
      collector: token,
      version: sequence.describe('version of the table'),
      committedAt: instant,
      partitions: z.array(partition).max(MOST_PARTITIONS),
      rows: count,
      bytes: count,
      files: count,
      deadRows: count.describe('invalid rows, which went to the dead letters'),
      lagMs: count.describe('age of the oldest message in the commit'),
      windows: z
        .array(z.strictObject({ ...period, rows: count, vehicles: count, cells: count, bytes: count, files: count }))
        .max(MOST_ENTRIES),
    }),
  }),
  heartbeat: define({
    type: 'heartbeat',
    subject: 'members.<group>.<uid>',
    page: { use: 'hears-below', right: 'live' },
    from: ['generator', 'collector', 'compactor', 'projector', 'finder', 'gateway'],
    to: [...HUB_SERVICES, 'page'],
    about:
      'Each second: the member is alive. A member that misses three heartbeats counts as dead; `leaving` announces an orderly end.',
    content: 'json',
    data: z.strictObject({
      member: token,
      group: z.enum(GROUPS),
      version: text,
      startedAt: instant,
      memoryBytes: count,
      lagMs: count.optional(),
      leaving: z.boolean().optional(),
    }),
  }),
  registryChanged: define({
    type: 'registry-changed',
    subject: 'registry.<kind>',
    from: ['terminal', 'gateway', 'viewer'],
    to: HUB_SERVICES,
    about:
      'An entry of the registry was changed: services read the registry again. It may get lost, so they look by themselves, too, now and then.',
    content: 'json',
    data: z.strictObject({
      kind: token,
      id: text,
      version: sequence.describe('of the entry, from 1'),
      table: sequence.describe('version of the table `registry` that holds the change'),
    }),
  }),
  deadLetter: define({
    type: 'dead-letter',
    subject: 'dead-letters.<partition>',
    stored: { stream: 'DEAD_LETTERS' },
    from: ['collector'],
    to: ['terminal'],
    about:
      'What could not be archived of one message: a malformed message as it came, else an Arrow batch of its invalid rows with a column `reason`. Delivered at least once: ignore a repeated id.',
    content: 'any',
    data: binary,
    headers: {
      'fleet-reason': 'why the message could not be archived; of a batch the most frequent reason',
      'fleet-rows': 'number of invalid rows; 0 for a malformed message',
      'fleet-stream': 'stream of the original message',
      'fleet-sequence': 'sequence of the original message in that stream',
      'fleet-content-type': 'content type of the original message',
    },
  }),
  vehicleQuery: define({
    type: 'vehicle-query',
    subject: 'query.vehicles.<person>',
    queueGroup: 'vehicle-finder',
    page: { use: 'sends', right: 'search-last-day' },
    from: ['page', 'terminal'],
    to: ['finder (coordinator)'],
    about: 'Which vehicles were in this area in this period? Results and stats go to the reply subject.',
    content: 'json',
    data: z.strictObject({
      query: token,
      area: z
        .unknown()
        .describe(
          'GeoJSON Polygon or MultiPolygon, bare or in a Feature or a FeatureCollection; the rules are in docs/search-areas.md. Beside `areas`: what is searched in their place, which holds them',
        )
        .optional(),
      areas: z
        .array(text)
        .min(1)
        .max(MAX_NAMED_AREAS)
        .optional()
        .describe(
          'names or ids of areas of the registry, in place of `area`: what lies in any of them is found. The answer says which version of each was used',
        ),
      ...selection,
      select: z
        .array(text)
        .min(1)
        .max(MAX_SELECTED)
        .optional()
        .describe('names of measures that the answer carries; ["*"]: all that the table has. Default: none'),
      where: filter
        .optional()
        .describe(
          `a filter such as \`temperature > 8 and (driver_id = 'a7' or ignition = true)\`, at most ${MAX_FILTER_BYTES} bytes; its language is in docs/search-filters.md. Default: any`,
        ),
      ...bounds,
      mode: z
        .enum(['parallel', 'serialised'])
        .default('parallel')
        .describe('serialised: one task at a time, the oldest data first'),
    }),
  }),
  latestQuery: define({
    type: 'latest-query',
    subject: 'query.latest.<person>',
    queueGroup: 'latest-finder',
    page: { use: 'sends', right: 'live' },
    from: ['page', 'terminal'],
    to: ['finder (coordinator)'],
    about:
      'Where was each vehicle, or whatever else a key column names, last? Results and stats are those of a vehicle query and go to the reply subject: a position a key, none older ' +
      'than one that was acknowledged before the question.',
    content: 'json',
    data: z
      .strictObject({
        query: token,
        by: text
          .default('vehicle_id')
          .describe('the key column: `vehicle_id`, or a measure that `projector.latestBy` names, such as `order_id`'),
        keys: z.array(text).min(1).max(100_000).optional().describe('Default: all'),
        area: z
          .unknown()
          .optional()
          .describe('GeoJSON as in a vehicle query, in which the last position is to lie. Default: anywhere'),
        areas: z
          .array(text)
          .min(1)
          .max(MAX_NAMED_AREAS)
          .optional()
          .describe('names or ids of areas of the registry, in place of `area`'),
        vehicleTypes: selection.vehicleTypes,
        since: instant.optional().describe('the earliest event_time that a last position may have. Default: any'),
        ...bounds,
      })
      .refine(
        ({ area, areas }) => area === undefined || areas === undefined,
        'area and areas are two places: give one of them',
      ),
  }),
  vehicleQueryPartition: define({
    type: 'vehicle-query-partition',
    subject: 'query.partitions',
    queueGroup: 'vehicle-finder-partitions',
    from: ['finder (coordinator)'],
    to: ['finder (agent)'],
    about:
      'One task: data files to scan. The task holds everything that shapes its output, so that it can be repeated.',
    content: 'json',
    data: z.strictObject({
      query: token,
      person: person.default(ANYONE).describe('who has asked'),
      client: z.string().max(1_024).default('unknown').describe('client of the query: clients take turns'),
      task: count,
      area: z.unknown(),
      ...selection,
      visible: z
        .strictObject({
          ids: vehicleTexts,
          prefixes: vehicleTexts.describe('what ids begin with; ascending, none the beginning of another'),
        })
        .optional()
        .describe('the vehicles that the person may see; the answer has no others. Default: all'),
      select: measures.optional().describe('measures that the batches carry, in this order'),
      where: z
        .strictObject({
          filter,
          measures: measures.describe("measures that the filter uses, with the table's types"),
        })
        .optional()
        .describe('filter of the query'),
      chunks: z
        .array(
          z.strictObject({
            path,
            bytes: count,
            inside: z.boolean().describe('whether the cell of the file lies wholly in the area'),
            period: z
              .strictObject({ from: instantMs, to: instantMs.describe('exclusive') })
              .optional()
              .describe(
                'ms since the epoch: when the vehicles of the query were in the cell of the file on its date. Default: not known',
              ),
          }),
        )
        .max(MOST_ENTRIES),
      skip: count.default(0).describe('matching rows to skip first, because another task has sent them'),
      limit: z.number().int().min(1).max(MOST).optional().describe('maximum number of rows of this task'),
      batchRows: z.number().int().min(1).max(100_000),
      resultSubject: text,
      statsSubject: text,
    }),
  }),
  vehicleQueryPartitionResultStats: define({
    type: 'vehicle-query-partition-result-stats',
    subject: 'service-inbox.finder.<uid>',
    from: ['finder (agent)'],
    to: ['finder (coordinator)'],
    about: 'Progress of a task, and its end.',
    content: 'json',
    data: z.strictObject({
      query: token,
      task: count,
      agent: token,
      status: z
        .enum(['running', 'complete', 'limit-reached', 'cancelled', 'partial'])
        .describe('limit-reached: there are more rows than the limit of the task'),
      batches: count,
      rowsRead: count,
      rowsSelected: count,
      bytesRead: count,
      filesRead: count,
      failed,
    }),
  }),
  vehicleQueryResult: define({
    type: 'vehicle-query-result',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['finder (agent)'],
    to: ['page', 'terminal'],
    about:
      'Positions found, as an Arrow IPC stream. A (task, batch) may be delivered twice: ignore the second. Both have the same rows, unless one has `fleet-unread`: an answer with such a batch is not complete, whatever its stats say.',
    content: 'positions',
    data: binary,
    headers: {
      'fleet-query': 'id of the query',
      'fleet-task': 'number of the task',
      'fleet-batch': 'number of the batch within the task, from 0',
      'fleet-rows': 'number of rows',
      'fleet-unread':
        '1 where its agent could not read a file of the task before this batch: another agent may have read it, and has its rows at other places',
      'fleet-cadences':
        'how often the vehicles report, over all their reports, where that is known: seconds of each run of rows of one vehicle and one UTC date, in their order, such as `20*3,-,600`',
    },
  }),
  vehicleQueryProgress: define({
    type: 'vehicle-query-progress',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['finder (coordinator)'],
    to: ['page', 'terminal'],
    about: 'Progress of a query: when it has been started, then each half second.',
    content: 'json',
    data: z.strictObject({
      query: token,
      tasks: z.strictObject({ total: count, done: count }),
      rows: z.strictObject({
        total: count.describe('rows of the data files to read, and of the tail'),
        read: count,
        selected: count,
      }),
      elapsedMs: elapsed,
    }),
  }),
  vehicleQueryResultStats: define({
    type: 'vehicle-query-result-stats',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['finder (coordinator)'],
    to: ['page', 'terminal'],
    about: 'The end of an answer, and what the answer misses, if anything.',
    content: 'json',
    data: z.strictObject({
      query: token,
      status: queryStatus,
      error: sentence.optional().describe('why the query was refused or failed'),
      hint: sentence.optional().describe('suggestion, if nothing was found'),
      notes: z
        .array(sentence)
        .max(MOST_ENTRIES)
        .optional()
        .describe('remarks on the answer, e.g. about messages that were lost elsewhere'),
      areas: z
        .array(usedArea)
        .max(MAX_NAMED_AREAS)
        .optional()
        .describe('areas that the query has named, as they were used'),
      unknownBefore: sentence
        .optional()
        .describe('first date of the table, if the period begins before it: earlier positions are not known'),
      failed: failed.describe(
        'data files that could not be read, streams whose newest messages could not be read, and why',
      ),
      version: sequence.optional().describe('version of the table that was read'),
      files: z.strictObject({ total: count, pruned: count, read: count }),
      bytes: z.strictObject({ total: count, read: count }),
      rows: z
        .strictObject({ total: count, pruned: count, read: count, selected: count })
        .describe('rows of the table; `selected` counts all rows of the answer'),
      hot: z
        .strictObject({
          messages: count,
          rows: count,
          selected: count.describe('rows of the answer that came from the tail'),
          bytes: count.describe('memory that the tail takes'),
        })
        .default({ messages: 0, rows: 0, selected: 0, bytes: 0 })
        .describe('the tail: positions that the hub holds and that version of the table does not'),
      tasks: z
        .array(z.strictObject({ task: count, batches: count, rows: count }))
        .max(MOST_ENTRIES)
        .describe('batches and rows of each task that make the answer complete'),
      elapsedMs: elapsed,
    }),
  }),
  vehicleQueryTaken: define({
    type: 'vehicle-query-taken',
    subject: 'queries.<person>.<query>.taken',
    page: { use: 'sends', right: 'live' },
    from: ['page', 'terminal'],
    to: ['finder (agents)'],
    about: 'The client acknowledges a batch. An agent has at most 8 unacknowledged batches per query in flight.',
    content: 'json',
    data: z.strictObject({ task: count, batch: count }),
  }),
  vehicleQueryCancel: define({
    type: 'vehicle-query-cancel',
    subject: 'queries.<person>.<query>.cancel',
    page: { use: 'sends', right: 'live' },
    from: ['page', 'terminal', 'finder (coordinator)'],
    to: ['finder (coordinator, agents)'],
    about: 'The client cancels the query.',
    content: 'json',
    data: z.strictObject({ query: token }),
  }),
  searchAsked: define({
    type: 'search-asked',
    subject: 'searches.asked',
    stored: { stream: 'SEARCHES' },
    from: ['finder (coordinator)'],
    to: ['collector', 'finder'],
    about: 'A search, and who asks. No row of the answer is sent before it is stored.',
    content: 'json',
    data: z.strictObject({
      query: token,
      person: person.describe('of the subject of the query'),
      area: z
        .string()
        .max(RECORDED_BYTES)
        .optional()
        .describe(`GeoJSON as it was given; missing when that is longer than ${RECORDED_BYTES} bytes`),
      bounds: z.strictObject({ west: degrees, south: degrees, east: degrees, north: degrees }),
      corners: count.describe('positions of the area'),
      ...period,
      vehicleTypes: recorded.optional().describe('the first of them. Missing: any'),
      types: count.describe('how many were asked for; 0: any'),
      vehicleIds: recorded.optional().describe('the first of them. Missing: any'),
      ids: count.describe('how many were asked for; 0: any'),
      select: recorded.optional(),
      where: filter.optional(),
      limit: z.number().int().min(1).max(MOST).optional(),
      endsWithinMs: count.describe('it has ended by then, whatever becomes of its finder'),
    }),
  }),
  searchEnded: define({
    type: 'search-ended',
    subject: 'searches.ended',
    stored: { stream: 'SEARCHES' },
    from: ['finder (coordinator)'],
    to: ['collector', 'finder'],
    about: 'How a recorded search ended.',
    content: 'json',
    data: z.strictObject({
      query: token,
      person,
      status: queryStatus,
      rows: count.describe('rows that were found'),
      elapsedMs: elapsed,
    }),
  }),
  positionsExported: define({
    type: 'positions-exported',
    subject: 'searches.exported',
    stored: { stream: 'SEARCHES' },
    from: ['finder (coordinator)'],
    to: ['collector'],
    about: 'Found positions leave as a file or a text: it is stored before they do.',
    content: 'json',
    data: z.strictObject({
      query: token,
      person: person.describe('who takes them away'),
      format: text,
      rows: count.optional().describe('missing when they leave while the search goes on'),
    }),
  }),
  recordExport: define({
    type: 'record-export',
    subject: 'query.exports.<person>',
    queueGroup: 'vehicle-finder-exports',
    page: { use: 'sends', right: 'export' },
    from: ['page', 'terminal'],
    to: ['finder (coordinator)'],
    about:
      'Found positions are about to leave. `export-recorded` goes to the reply subject once that is stored; repeat it while there is no answer.',
    content: 'json',
    data: z.strictObject({
      export: token.describe('the same when it is repeated'),
      query: token,
      format: text,
      rows: count.optional().describe('missing when they leave while the search goes on'),
    }),
  }),
  areaQuery: define({
    type: 'area-query',
    subject: 'query.areas.<person>',
    queueGroup: 'vehicle-finder-areas',
    page: { use: 'sends', right: 'live' },
    from: ['page', 'terminal'],
    to: ['finder (coordinator)'],
    about: 'Which polygons do these areas of the registry have? `area-answer` goes to the reply subject.',
    content: 'json',
    data: z.strictObject({
      request: token.describe('the same when it is repeated'),
      areas: z.array(text).min(1).max(MAX_NAMED_AREAS).describe('names or ids'),
    }),
  }),
  areaAnswer: define({
    type: 'area-answer',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['finder (coordinator)'],
    to: ['page', 'terminal'],
    about: 'Areas of the registry, in the order in which they were asked for; each once.',
    content: 'json',
    data: z.strictObject({
      request: token,
      areas: z
        .array(
          z.strictObject({
            ...usedArea.shape,
            geometry: z.unknown().describe('GeoJSON Polygon or MultiPolygon'),
          }),
        )
        .max(MAX_NAMED_AREAS),
      error: sentence.optional().describe('why there is no answer'),
    }),
  }),
  exportRecorded: define({
    type: 'export-recorded',
    subject: INBOX,
    page: { use: 'hears-below', right: 'live' },
    from: ['finder (coordinator)'],
    to: ['page', 'terminal'],
    about: 'An export is recorded, or is not, with the reason.',
    content: 'json',
    data: z.strictObject({ export: token, error: sentence.optional() }),
  }),
} as const

export type Messages = typeof messages
export type MessageName = keyof Messages
/** The data of a message as it is read: defaults filled in. */
export type Message<Name extends MessageName> = z.output<Messages[Name]['data']>
/** The data of a message as it may be written: defaults may be missing. */
export type MessageInput<Name extends MessageName> = z.input<Messages[Name]['data']>

/** A number that can't be part of a position makes an invalid row, which goes to the dead letters. */
const number = z.number().min(-MOST).max(MOST)

/** One position as JSON: the data of a `move` of content type `application/json`, as it is documented; `read-json-position.ts` reads it. */
export const jsonMove = z
  .object({
    vehicle_id: vehicleText.describe(
      `1 to ${MAX_TEXT_BYTES} bytes of UTF-8 without the blanks around them; a whole number is taken as its digits`,
    ),
    vehicle_type: vehicleText.describe(`1 to ${MAX_TEXT_BYTES} bytes of UTF-8 without the blanks around them`),
    event_time: instant.describe('with Z or an offset, such as +02:00'),
    longitude: number.describe('degrees WGS84'),
    latitude: number.describe('degrees WGS84'),
    speed: number.nullish().describe('m/s; unknown when null, missing or impossible'),
    heading: number.nullish().describe('degrees clockwise from north; unknown when null, missing or impossible'),
  })
  .catchall(
    z
      .unknown()
      .describe(
        `a measure: a number, a text of at most ${MAX_MEASURE_TEXT_BYTES} bytes, true or false; null means no value. Its name has lower-case letters, digits and underscores. ` +
          `Lists, objects, members with other names and measures without a column in the table are kept in the column \`attributes\`, a JSON object of at most ${MAX_ATTRIBUTES_BYTES} bytes, ` +
          `and so are the members of an object \`attributes\`. At most ${MAX_MEASURES} members in all`,
      ),
  )

export const CONTENT_TYPES = { arrow: 'application/vnd.apache.arrow.stream', json: 'application/json' } as const
