import { MAX_TEXT_BYTES, textBytes } from '@fleetlake/core'
import { z } from 'zod'
import { count, instant, MOST, path, sentence, sequence, text, token } from './fields.ts'
import { GROUPS } from './patterns.ts'

/** How a message's data is carried. */
export type Content = 'json' | 'positions' | 'any'

/**
 * What the user of a browser's page may do with a message: `sends` it; `generates`: sends it where pages may have vehicles generated;
 * `hears` it, where its stream repeats it if a stream does; `hears-below`: hears everything that begins as its subject does.
 */
export type PageRight = 'sends' | 'generates' | 'hears' | 'hears-below'

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
  readonly page?: PageRight
  /** The JetStream stream that keeps it, a pattern too, and where that repeats what it has stored. */
  readonly stored?: { readonly stream: string; readonly repeatedTo?: string }
  readonly from: string
  readonly to: string
  readonly about: string
  readonly content: Content
  readonly data: z.ZodType
  /** Headers beside those of CloudEvents. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Texts keep their own types: the subject's parameters are read from its pattern by the compiler. */
const define = <const Definition extends MessageDefinition>(definition: Definition): Definition => definition

/** Below it clients get their answers. */
export const VIEWER_INBOX = 'inbox.viewer'

/** Data that is no JSON. */
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

const perSecond = z.number().min(0).max(MOST)
const elapsed = z.number().min(0).max(MOST)
const partition = z.number().int().min(0).max(1_000_000)

/** What a user asks of a generation; the rest has defaults. */
export const generationOptions = z.strictObject({
  vehicles: z.number().int().min(1).max(10_000_000).default(1_500).describe('how many vehicles drive'),
  events: z
    .number()
    .int()
    .min(1)
    .max(MOST_GENERATED)
    .optional()
    .describe('positions in all; or give durationMs. A run makes 1,000,000,000 at most, whichever is given'),
  durationMs: z
    .number()
    .int()
    .min(1)
    .max(LONGEST_GENERATION_MS)
    .optional()
    .describe('simulated time, 31 days at most; one hour when events is missing too'),
  intervalMs: z.number().int().min(100).max(3_600_000).default(5_000).describe('time between two reports of a vehicle'),
  startTime: instant
    .optional()
    .describe('of the simulated time, within what the archive keeps; so that it ends now when missing'),
  seed: z.number().int().min(0).max(0xffffffff).default(1).describe('the same seed gives the same rows'),
  vehicleTypes: z.array(vehicleText).min(1).max(64).optional().describe('of the city pack when missing'),
  districts: z.array(text).min(1).max(1_000).optional().describe('where vehicles live; everywhere when missing'),
  city: text.optional().describe('the name of the city pack that the generator must have loaded'),
  realTime: z
    .boolean()
    .default(false)
    .describe('at the pace of the simulated time instead of as fast as possible; either way a run takes 24 h at most'),
  speedFactor: z.number().min(0.001).max(10_000).default(1).describe('with realTime: simulated seconds a second'),
  batchRows: z.number().int().min(1).max(10_000).default(1_200).describe('rows of a move at most'),
  agents: z
    .number()
    .int()
    .min(1)
    .max(MOST_AGENTS)
    .optional()
    .describe('generators that share the work; all when missing'),
})

export type GenerationOptions = z.output<typeof generationOptions>

/** How far a stream is filled: its incarnation and its last sequence. */
export const streamPosition = z.strictObject({
  partition,
  stream: text,
  created: text.describe('when the stream was made, as the server writes it'),
  sequence,
})

export type StreamPosition = z.output<typeof streamPosition>

const streams = z.array(streamPosition).max(MOST_PARTITIONS)
const failed = z.array(z.strictObject({ path, reason: sentence })).max(MOST_ENTRIES)
const period = { from: instant, to: instant.describe('exclusive') }

/** The fields of a vehicle query that select rows. */
const selection = {
  ...period,
  vehicleTypes: z.array(text).min(1).max(1_000).optional().describe('any when missing'),
  vehicleIds: z.array(text).min(1).max(100_000).optional().describe('any when missing'),
}

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
    subject: 'generation',
    queueGroup: 'generators',
    page: 'generates',
    from: 'viewer, terminal',
    to: 'generator (coordinator)',
    about: 'Starts a run of simulated vehicles. Progress and stats go to the reply subject.',
    content: 'json',
    data: z.strictObject({ run: token, options: generationOptions }),
  }),
  stopGeneration: define({
    type: 'stop-generation',
    subject: 'generation.broadcast',
    page: 'generates',
    from: 'viewer, terminal',
    to: 'generators',
    about: 'Stops a run; what it has published stays.',
    content: 'json',
    data: z.strictObject({ run: token }),
  }),
  generatePartition: define({
    type: 'generate-partition',
    subject: 'generation.agent.<agent>',
    from: 'generator (coordinator)',
    to: 'generator (agent)',
    about: "One agent's share of a run: the vehicles whose index modulo `agents` is `share`.",
    content: 'json',
    data: z.strictObject({
      run: token,
      options: generationOptions,
      startTime: instant,
      events: count.describe('of the whole run'),
      share: z.number().int().min(0).max(MOST_AGENTS),
      agents: z.number().int().min(1).max(MOST_AGENTS),
    }),
  }),
  generatePartitionStats: define({
    type: 'generate-partition-stats',
    subject: 'inbox.generator.<uid>',
    from: 'generator (agent)',
    to: 'generator (coordinator)',
    about: 'How far an agent is, each half second and at the end.',
    content: 'json',
    data: z.strictObject({
      run: token,
      share: count,
      status: z.enum(['running', 'complete', 'stopped', 'failed']),
      events: count.describe('acknowledged by the hub'),
      messages: count,
      waitingMs: count.describe('time spent waiting for room in the streams'),
      streams: streams.describe('the last sequence that this agent stored, per stream'),
      note: sentence.optional().describe('what holds it up, if anything'),
      error: sentence.optional(),
    }),
  }),
  generationProgress: define({
    type: 'generation-progress',
    subject: `${VIEWER_INBOX}.<uid>`,
    page: 'hears-below',
    from: 'generator (coordinator)',
    to: 'viewer, terminal',
    about: 'How far a run is.',
    content: 'json',
    data: z.strictObject({
      run: token,
      phase: z.enum(['generating', 'flushing']),
      events: count,
      total: count,
      eventsPerSecond: perSecond,
      elapsedMs: count,
      agents: count,
      note: sentence.optional().describe('what holds it up, if anything'),
    }),
  }),
  generationStats: define({
    type: 'generation-stats',
    subject: `${VIEWER_INBOX}.<uid>`,
    page: 'hears-below',
    from: 'generator (coordinator)',
    to: 'viewer, terminal',
    about: 'How a run ended. `flushed` says that the table holds every row of it.',
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
      code: text.optional().describe('of the error, for programs, such as `generation.refused`'),
    }),
  }),
  move: define({
    type: 'move',
    subject: 'commands.move.<partition>',
    stored: { stream: 'MOVES_<partition>', repeatedTo: 'live.move.<partition>' },
    page: 'hears',
    from: 'generator, importer, devices',
    to: 'collector, viewer',
    about:
      'Positions: a batch as an Arrow IPC stream, or one as JSON. Message id and ce-id are <run>/<agent>/<partition>/<n>; of imports ' +
      '<n>-<digest of the payload> instead of <n>.',
    content: 'positions',
    data: binary,
    headers: { ...POSITION_HEADERS, 'Nats-Msg-Id': 'the ce-id; stored once within the duplicate window' },
  }),
  flush: define({
    type: 'flush',
    subject: 'commands.flush.<partition>',
    answer: 'flushed',
    from: 'generator, terminal',
    to: 'collector that owns the partition',
    about: 'A request: answered once the table holds the stream up to the sequence. Repeat it when nobody answers.',
    content: 'json',
    data: streamPosition,
  }),
  flushed: define({
    type: 'flushed',
    from: 'collector',
    to: 'generator, terminal',
    about: 'The answer to `flush`.',
    content: 'json',
    data: z.strictObject({ committed: sequence.describe('up to here the table holds the stream') }),
  }),
  aggregatePeriodStats: define({
    type: 'aggregate-period-stats',
    subject: 'stats',
    page: 'hears',
    from: 'collector',
    to: 'viewer, terminal',
    about: 'What one commit added to the table, per window.',
    content: 'json',
    data: z.strictObject({
      collector: token,
      version: sequence.describe('of the table'),
      committedAt: instant,
      partitions: z.array(partition).max(MOST_PARTITIONS),
      rows: count,
      bytes: count,
      files: count,
      deadRows: count.describe('rows that went to the dead letters'),
      lagMs: count.describe('age of the oldest message of the commit'),
      windows: z
        .array(z.strictObject({ ...period, rows: count, vehicles: count, cells: count, bytes: count, files: count }))
        .max(MOST_ENTRIES),
    }),
  }),
  heartbeat: define({
    type: 'heartbeat',
    subject: 'members.<group>.<uid>',
    page: 'hears-below',
    from: 'every service',
    to: 'all',
    about: 'Each second: who is alive. Three missing ones are a death; `leaving` is an orderly one.',
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
  deadLetter: define({
    type: 'dead-letter',
    subject: 'dead-letters.<partition>',
    stored: { stream: 'DEAD_LETTERS' },
    from: 'collector',
    to: 'terminal',
    about:
      'What could not be archived of one message: the message as it was when it can not be decoded, else an Arrow batch of the bad rows with a column `reason`. At least once: ignore a repeated id.',
    content: 'any',
    data: binary,
    headers: {
      'fleet-reason': 'why; the most frequent reason of a batch',
      'fleet-rows': 'bad rows; 0 for a message that can not be decoded',
      'fleet-stream': 'where it came from',
      'fleet-sequence': 'its sequence there',
      'fleet-content-type': 'of the original message',
    },
  }),
  vehicleQuery: define({
    type: 'vehicle-query',
    subject: 'query.vehicles',
    queueGroup: 'vehicle-finder',
    page: 'sends',
    from: 'viewer, terminal',
    to: 'finder (coordinator)',
    about: 'Who was in this area, in this period? Results and stats go to the reply subject.',
    content: 'json',
    data: z.strictObject({
      query: token,
      area: z
        .unknown()
        .describe(
          'GeoJSON Polygon or MultiPolygon, bare or in a Feature or a FeatureCollection; docs/search-areas.md has the rules',
        ),
      ...selection,
      limit: z.number().int().min(1).max(MOST).optional().describe('rows at most'),
      timeoutMs: z
        .number()
        .int()
        .min(1)
        .max(LONGEST_QUERY_MS)
        .default(DEFAULT_QUERY_MS)
        .describe('how long it may run'),
      ttlMs: z
        .number()
        .int()
        .min(1)
        .max(LONGEST_QUERY_MS)
        .default(10_000)
        .describe('how long it may wait to be started, from when a finder has received it'),
      mode: z
        .enum(['parallel', 'serialised'])
        .default('parallel')
        .describe('serialised: one task at a time, oldest first'),
    }),
  }),
  vehicleQueryPartition: define({
    type: 'vehicle-query-partition',
    subject: 'query.vehicles.partitions',
    queueGroup: 'vehicle-finder-partitions',
    from: 'finder (coordinator)',
    to: 'finder (agent)',
    about:
      'One task: some chunks to scan. It holds everything that shapes its output, so that repeating it is harmless.',
    content: 'json',
    data: z.strictObject({
      query: token,
      client: z.string().max(1_024).default('unknown').describe('whose query it is: clients take turns'),
      task: count,
      area: z.unknown(),
      ...selection,
      chunks: z
        .array(
          z.strictObject({
            path,
            bytes: count,
            inside: z.boolean().describe('its cell lies wholly in the area'),
          }),
        )
        .max(MOST_ENTRIES),
      skip: count.default(0).describe('matching rows to pass over first: another task has sent them'),
      limit: z.number().int().min(1).max(MOST).optional().describe('rows of this task at most'),
      batchRows: z.number().int().min(1).max(100_000),
      resultSubject: text,
      statsSubject: text,
    }),
  }),
  vehicleQueryPartitionResultStats: define({
    type: 'vehicle-query-partition-result-stats',
    subject: 'inbox.finder.<uid>',
    from: 'finder (agent)',
    to: 'finder (coordinator)',
    about: 'A sign of life of a task, and its end.',
    content: 'json',
    data: z.strictObject({
      query: token,
      task: count,
      agent: token,
      status: z
        .enum(['running', 'complete', 'limit-reached', 'cancelled', 'partial'])
        .describe('limit-reached: there are more rows than its limit'),
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
    subject: `${VIEWER_INBOX}.<uid>`,
    page: 'hears-below',
    from: 'finder (agent)',
    to: 'viewer, terminal',
    about: 'Positions found, as an Arrow IPC stream. A (task, batch) that comes twice is the same: ignore the second.',
    content: 'positions',
    data: binary,
    headers: {
      'fleet-query': 'the query',
      'fleet-task': 'the task',
      'fleet-batch': 'the number of the batch within the task, from 0',
      'fleet-rows': 'number of rows',
    },
  }),
  vehicleQueryProgress: define({
    type: 'vehicle-query-progress',
    subject: `${VIEWER_INBOX}.<uid>`,
    page: 'hears-below',
    from: 'finder (coordinator)',
    to: 'viewer, terminal',
    about: 'A sign of life: a query has been started, and then each half second how far it is.',
    content: 'json',
    data: z.strictObject({
      query: token,
      tasks: z.strictObject({ total: count, done: count }),
      rows: z.strictObject({
        total: count.describe('of the chunks that are read, and not archived yet'),
        read: count,
        selected: count,
      }),
      elapsedMs: elapsed,
    }),
  }),
  vehicleQueryResultStats: define({
    type: 'vehicle-query-result-stats',
    subject: `${VIEWER_INBOX}.<uid>`,
    page: 'hears-below',
    from: 'finder (coordinator)',
    to: 'viewer, terminal',
    about: 'The end of an answer, and what it misses if anything.',
    content: 'json',
    data: z.strictObject({
      query: token,
      status: queryStatus,
      error: sentence.optional().describe('why a query was refused'),
      hint: sentence.optional().describe('what may have been meant, when nothing was found'),
      notes: z
        .array(sentence)
        .max(MOST_ENTRIES)
        .optional()
        .describe('what is to be known beside the answer, e.g. of messages that were lost elsewhere'),
      unknownBefore: sentence
        .optional()
        .describe(
          'the first date of the table, where the period begins before it: nothing is known of what was before',
        ),
      failed: failed.describe('chunks that could not be read, streams whose newest messages could not, and why'),
      version: sequence.optional().describe('of the table that was read'),
      files: z.strictObject({ total: count, pruned: count, read: count }),
      bytes: z.strictObject({ total: count, read: count }),
      rows: z
        .strictObject({ total: count, pruned: count, read: count, selected: count })
        .describe('of the table; `selected` are all rows of the answer'),
      hot: z
        .strictObject({
          messages: count,
          rows: count,
          selected: count.describe('rows of the answer that came from here'),
          bytes: count.describe('of memory'),
        })
        .default({ messages: 0, rows: 0, selected: 0, bytes: 0 })
        .describe('what the hub holds and that version of the table does not'),
      tasks: z
        .array(z.strictObject({ task: count, batches: count, rows: count }))
        .max(MOST_ENTRIES)
        .describe('what the asker must hold to be complete'),
      elapsedMs: elapsed,
    }),
  }),
  vehicleQueryTaken: define({
    type: 'vehicle-query-taken',
    subject: 'queries.<query>.taken',
    page: 'sends',
    from: 'viewer, terminal',
    to: 'finder (agents)',
    about: 'The asker has taken a batch; an agent has at most 8 untaken batches a query on the way.',
    content: 'json',
    data: z.strictObject({ task: count, batch: count }),
  }),
  vehicleQueryCancel: define({
    type: 'vehicle-query-cancel',
    subject: 'queries.<query>.cancel',
    page: 'sends',
    from: 'viewer, terminal',
    to: 'finder (coordinator, agents)',
    about: 'The asker wants no more.',
    content: 'json',
    data: z.strictObject({ query: token }),
  }),
} as const

export type Messages = typeof messages
export type MessageName = keyof Messages
/** The data of a message as it is read: defaults filled in. */
export type Message<Name extends MessageName> = z.output<Messages[Name]['data']>
/** The data of a message as it may be written: defaults may be missing. */
export type MessageInput<Name extends MessageName> = z.input<Messages[Name]['data']>

/** One that is no position's is a bad row, which is told as such. */
const number = z.number().min(-MOST).max(MOST)

/** One position as JSON: the data of a `move` of content type `application/json`. */
export const jsonMove = z.object({
  vehicle_id: vehicleText,
  vehicle_type: vehicleText,
  event_time: instant,
  longitude: number,
  latitude: number,
  speed: number.nullish().describe('m/s'),
  heading: number.nullish().describe('degrees clockwise from north'),
})

export const CONTENT_TYPES = { arrow: 'application/vnd.apache.arrow.stream', json: 'application/json' } as const
