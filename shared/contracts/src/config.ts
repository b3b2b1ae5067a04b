import { MAX_CELL_LENGTH, PARTITION_BY } from '@fleetlake/core'
import { z } from 'zod'
import { duration, secret, size, timer } from './fields.ts'
import { VIEWER_INBOX } from './messages.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const YEAR_MS = 365.25 * DAY_MS
const MIB = 1024 * 1024

const port = z.number().int().min(0).max(65_535)

/** The common one, or one below it. */
const isViewerInbox = (inbox: string): boolean =>
  inbox.startsWith(VIEWER_INBOX) && /^(\.[A-Za-z0-9_-]+)*$/.test(inbox.slice(VIEWER_INBOX.length))

const hub = z.strictObject({
  url: z
    .string()
    .regex(/^(nats|tls|ws|wss):\/\/./, 'must begin with nats://, tls://, ws:// or wss://')
    .default('nats://127.0.0.1:4222')
    .describe('where nats-server listens'),
  user: z.string().optional().describe('user name, when the server asks for one'),
  password: secret.optional().describe('password of that user'),
  dataDir: z.string().default('.fleetlake/hub').describe('where a server that Fleetlake starts keeps its streams'),
  maxBytesPerPartition: size.default(2048 * MIB).describe('room of each move stream; when full, producers wait'),
  maxBytesDeadLetters: size.default(256 * MIB).describe('room for dead letters; the oldest go first'),
  duplicateWindowMs: timer.default(2 * MINUTE_MS).describe('how long the server remembers message ids'),
  replicas: z.number().int().min(1).max(5).default(1).describe('copies of each stream; 3 in a cluster'),
  websocketPort: port.default(9222).describe('where a server that Fleetlake starts lets browsers in; 0: a free one'),
  websocketOrigins: z
    .array(z.string().regex(/^https?:\/\/[^/]+$/, 'must be like https://fleet.example.com, without a path'))
    .optional()
    .describe("whose pages may connect there beside the viewer's on this machine, e.g. `https://fleet.example.com`"),
})

const partitioning = z.strictObject({
  by: z.enum(PARTITION_BY).default('cell').describe('what decides a partition'),
  geohashLength: z.number().int().min(1).max(MAX_CELL_LENGTH).default(5).describe('characters of a cell'),
  count: z.number().int().min(1).max(64).default(8).describe('partitions made when the hub holds none'),
})

const httpUrl = z.string().regex(/^https?:\/\/./, 'must begin with http:// or https://')

const s3 = z
  .strictObject({
    endpoint: httpUrl.optional().describe('a server other than AWS, e.g. `http://127.0.0.1:9000`'),
    region: z.string().optional().describe("of the bucket; AWS's own variables and profiles when missing"),
    pathStyle: z
      .boolean()
      .optional()
      .describe('the bucket in the path, not in the host name; as a rule with an endpoint, not with AWS'),
    accessKeyId: z.string().optional().describe("AWS's own chain (variables, profile, role) when missing"),
    secretAccessKey: secret.optional().describe('the secret of `accessKeyId`'),
    sessionToken: secret.optional().describe('of temporary credentials'),
  })
  .refine(
    ({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined),
    'accessKeyId and secretAccessKey belong together: set both or none',
  )

const azure = z.strictObject({
  connectionString: secret.optional().describe('account, key and endpoint in one'),
  account: z.string().optional().describe('name of the storage account'),
  accountKey: secret.optional().describe('who Azure takes this program for, when neither key nor signature is given'),
  sasToken: secret.optional().describe('a shared access signature'),
  endpoint: httpUrl.optional().describe("the account's address, when it is not Azure's usual one"),
})

/** How chunks are written; each file is read by what its name says. */
export const CHUNK_FORMATS = [
  'parquet',
  'csv',
  'csv.gz',
  'csv.zst',
  'ndjson',
  'ndjson.gz',
  'ndjson.zst',
  'arrow',
] as const

export type ChunkFormat = (typeof CHUNK_FORMATS)[number]

const archive = z.strictObject({
  path: z
    .string()
    .default('.fleetlake/archive')
    .describe('where the table `moves` is: a folder, `s3://bucket/prefix` or `azure://container/prefix`'),
  format: z
    .enum(CHUNK_FORMATS)
    .default('parquet')
    .describe('of new chunks; anything but parquet is read by Fleetlake only'),
  windowMs: duration
    .refine((ms) => DAY_MS % ms === 0, 'must divide a day, such as "10 min"')
    .default(10 * MINUTE_MS)
    .describe('event time that shares a chunk; a whole fraction of a day'),
  retentionMs: duration.default(7 * YEAR_MS).describe('dates that are older go'),
  logRetentionMs: duration
    .refine((ms) => ms >= 2 * DAY_MS, 'must be at least "2 d"')
    .default(30 * DAY_MS)
    .describe("how long the table's earlier versions stay in its log"),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      'feed this archive from now on though the hub has fed another, another hub has fed it, or it is an older copy; what the hub still holds is archived again. For one start',
    ),
  requestTimeoutMs: timer.default(30_000).describe('how long one request to S3 or Azure may take'),
  requestAttempts: z.number().int().min(1).max(20).default(5).describe('how often one is made before it fails'),
  s3: s3.prefault({}),
  azure: azure.prefault({}),
})

const collector = z.strictObject({
  maxRows: z
    .number()
    .int()
    .positive()
    .max(100_000_000)
    .default(2_000_000)
    .describe('rows of one partition that call for a flush'),
  maxBytes: size.default(64 * MIB).describe('buffered bytes of one partition that call for a flush'),
  maxAgeMs: timer.default(MINUTE_MS).describe('age of the oldest buffered message that calls for a flush'),
  memory: size.default(256 * MIB).describe('buffered bytes of all partitions; reading pauses beyond'),
  futureToleranceMs: duration.default(MINUTE_MS).describe('how far ahead of its arrival a position may be'),
})

const compactor = z.strictObject({
  memory: size
    .refine((bytes) => bytes >= 32 * MIB, 'must be at least "32 MiB"')
    .default(512 * MIB)
    .describe('what merging takes; a file is a quarter of it at most'),
  targetBytes: size.default(128 * MIB).describe('of a compacted file, where a cell has so much in a day'),
  quietMs: duration.default(15 * MINUTE_MS).describe('how long after its end a window, or a date, is left alone'),
  everyMs: timer.default(5 * MINUTE_MS).describe('how often it looks for work'),
  graceMs: duration
    .refine((ms) => ms <= 7 * DAY_MS, 'must be at most "7 d": then the table forgets which files were removed')
    .default(7 * DAY_MS)
    .describe('how long files stay that no version names any more; never less than 2 h'),
  vacuumEveryMs: timer.default(6 * 60 * MINUTE_MS).describe('how often it looks for such files'),
})

const finder = z.strictObject({
  tasksInFlight: z.number().int().positive().max(1_000).default(8).describe('tasks of one query that run at once'),
  batchRows: z.number().int().positive().max(100_000).default(8_192).describe('rows of a result batch'),
  tailMemory: size
    .default(256 * MIB)
    .describe('for positions that are not archived yet; beyond, they are archived sooner'),
  maxVertices: z
    .number()
    .int()
    .min(4)
    .max(1_000_000)
    .default(10_000)
    .describe('positions of an area, all its polygons together; a search with more is refused'),
  searches: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(1_024)
    .describe('searches of one finder, running and waiting; more are refused'),
  searchesPerClient: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(64)
    .describe('of those, how many one client may have; a client is a connection: a terminal, a page, a program'),
  searchBytes: size
    .default(8 * MIB)
    .describe('what the requests of these searches may take, above all their areas; more are refused'),
})

const generator = z.strictObject({
  cityDir: z.string().default('.fleetlake/city/montevideo').describe('the city pack'),
  queueBytes: size.default(4 * MIB).describe('unacknowledged bytes of one partition before the simulation waits'),
})

const viewer = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe('the address that the web viewer listens at: only this machine reaches 127.0.0.1'),
  port: port.default(3000).describe('where the web viewer is served; 0: a free one'),
  hubUrl: z
    .string()
    .regex(/^wss?:\/\/./, 'must begin with ws:// or wss://')
    .optional()
    .describe("where browsers come to the hub; the page's own host at `hub.websocketPort` when missing"),
  hubUser: z.string().optional().describe("the viewer's own user of a hub that asks for one; every browser gets it"),
  hubPassword: secret.optional().describe('of that user; every browser gets it'),
  hubInbox: z
    .string()
    .refine(isViewerInbox, `must be ${VIEWER_INBOX}, or ${VIEWER_INBOX}.<name>`)
    .default(VIEWER_INBOX)
    .describe('below it the page gets its answers; one of its own keeps other users from listening'),
  generation: z
    .boolean()
    .optional()
    .describe('whether pages may have vehicles generated; only where page and hub are on this machine when missing'),
  mapStyle: z.string().optional().describe("address of a MapLibre style to show instead of the city pack's map"),
  mapPmtiles: z.string().optional().describe("address of a PMTiles file to show instead of the city pack's map"),
})

const log = z.strictObject({
  level: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('the least severe lines that are logged'),
})

const service = z.strictObject({
  hangMs: duration
    .default(30_000)
    .describe('how long the event loop of a service may stand still before it ends itself, to be started again'),
  heartbeatFile: z
    .string()
    .optional()
    .describe(
      'written each second while the service is ready and its event loop runs, for probes; a file of its own each',
    ),
})

/** Everything that can be configured, with its default; `fleet.yaml`, then `FLEET_*`, then flags. */
export const configSchema = z.strictObject({
  hub: hub.prefault({}),
  partitioning: partitioning.prefault({}),
  archive: archive.prefault({}),
  collector: collector.prefault({}),
  compactor: compactor.prefault({}),
  finder: finder.prefault({}),
  generator: generator.prefault({}),
  viewer: viewer.prefault({}),
  log: log.prefault({}),
  service: service.prefault({}),
})

export type Config = z.output<typeof configSchema>

/** What holds where nothing is configured; a default is written in the schema alone. */
export const DEFAULT_CONFIG: Config = configSchema.parse({})

/** The port of `hub.url`, which may leave out the usual one. */
export const hubPortOf = (url: string): number => Number(portOf(url) || portOf(DEFAULT_CONFIG.hub.url))

const portOf = (url: string): string => new URL(url).port

export type ArchiveConfig = Config['archive']
