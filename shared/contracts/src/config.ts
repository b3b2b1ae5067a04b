import { CHUNK_FORMATS, isMeasureName } from '@fleetlake/columnar'
import { MAX_CELL_LENGTH, PARTITION_BY } from '@fleetlake/core'
import { z } from 'zod'
import { duration, MOST, secret, size, timer } from './fields.ts'
import { ROLES } from './people/role.ts'
import { hostOf, isLoopback } from './this-machine.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const YEAR_MS = 365.25 * DAY_MS
const MIB = 1024 * 1024

const port = z.number().int().min(0).max(65_535)

const origin = z.string().regex(/^https?:\/\/[^/?#]+$/, 'must be like https://fleet.example.com, without a path')

const hub = z.strictObject({
  url: z
    .string()
    .regex(/^(nats|tls|ws|wss):\/\/./, 'must begin with nats://, tls://, ws:// or wss://')
    .default('nats://127.0.0.1:4222')
    .describe('address of nats-server'),
  user: z.string().optional().describe('user name on a server that asks for one'),
  password: secret.optional().describe('password of that user'),
  dataDir: z.string().default('.fleetlake/hub').describe('folder in which the bundled nats-server keeps its streams'),
  maxBytesPerPartition: size
    .default(2048 * MIB)
    .describe('size limit of each move stream; when it is full, producers wait'),
  maxBytesDeadLetters: size.default(256 * MIB).describe('size limit of the dead letters; the oldest are dropped first'),
  maxBytesSearches: size
    .default(64 * MIB)
    .describe('size limit of the records of searches that are not archived yet; when it is full, searches are refused'),
  duplicateWindowMs: timer
    .default(2 * MINUTE_MS)
    .describe('how long the server remembers message ids to drop duplicates'),
  replicas: z.number().int().min(1).max(5).default(1).describe('copies of each stream; 3 in a cluster'),
  syncInterval: z
    .union([z.literal('always'), timer], 'must be always, or a duration such as "10 s"')
    .default(10_000)
    .meta({ kind: 'duration' })
    .describe(
      'how often the bundled nats-server syncs its streams to the disk: what it has acknowledged since is lost when the machine loses its power. `always`: before it acknowledges',
    ),
  websocketPort: port.default(9222).describe('WebSocket port of the bundled nats-server; 0 picks a free port'),
  websocketOrigins: z
    .array(origin)
    .optional()
    .describe(
      "origins of further pages that may connect to the WebSocket port, e.g. `https://fleet.example.com`; the viewer's page on this machine always may",
    ),
})

const partitioning = z.strictObject({
  by: z.enum(PARTITION_BY).default('cell').describe('what the partition of a position is computed from'),
  geohashLength: z
    .number()
    .int()
    .min(1)
    .max(MAX_CELL_LENGTH)
    .default(5)
    .describe('length of a cell: characters of its geohash'),
  count: z.number().int().min(1).max(64).default(8).describe('number of partitions, when the hub has none yet'),
})

const httpUrl = z.string().regex(/^https?:\/\/./, 'must begin with http:// or https://')

const s3 = z
  .strictObject({
    endpoint: httpUrl.optional().describe('address of an S3 server other than AWS, e.g. `http://127.0.0.1:9000`'),
    region: z.string().optional().describe("region of the bucket. Default: from AWS's own variables and profiles"),
    pathStyle: z
      .boolean()
      .optional()
      .describe(
        'whether the bucket is named in the path instead of the host name. Default: true with an endpoint, false with AWS',
      ),
    accessKeyId: z
      .string()
      .optional()
      .describe("access key. Default: AWS's own credential chain (variables, profile, role)"),
    secretAccessKey: secret.optional().describe('secret key that belongs to `accessKeyId`'),
    sessionToken: secret.optional().describe('session token of temporary credentials'),
  })
  .refine(
    ({ accessKeyId, secretAccessKey }) => (accessKeyId === undefined) === (secretAccessKey === undefined),
    'accessKeyId and secretAccessKey belong together: set both or none',
  )

const azure = z.strictObject({
  connectionString: secret.optional().describe('connection string: account, key and endpoint in one'),
  account: z.string().optional().describe('name of the storage account'),
  accountKey: secret.optional().describe("storage account key. Default: Azure's own credential chain"),
  sasToken: secret.optional().describe('shared access signature, instead of a key'),
  endpoint: httpUrl.optional().describe("address of the account. Default: Azure's usual one"),
})

const archive = z.strictObject({
  path: z
    .string()
    .default('.fleetlake/archive')
    .describe('place of the table `moves`: a folder, `s3://bucket/prefix` or `azure://container/prefix`'),
  format: z
    .enum(CHUNK_FORMATS)
    .default('parquet')
    .describe('format of new data files; formats other than parquet can be read by Fleetlake only'),
  windowMs: duration
    .refine((ms) => DAY_MS % ms === 0, 'must divide a day, such as "10 min"')
    .default(10 * MINUTE_MS)
    .describe('span of event time that shares a data file; a whole fraction of a day'),
  retentionMs: duration
    .default(7 * YEAR_MS)
    .describe('data that is older than this, and came longer ago than this, is deleted'),
  logRetentionMs: duration
    .refine((ms) => ms >= 2 * DAY_MS, 'must be at least "2 d"')
    .default(30 * DAY_MS)
    .describe('how long earlier versions of the table stay in its log'),
  adopt: z
    .boolean()
    .default(false)
    .describe(
      'accept this archive even if the hub has fed another archive, another hub has fed this archive, or it is an older copy; what the hub still holds is archived again. Set it for one start only',
    ),
  requestTimeoutMs: timer.default(30_000).describe('time limit of one request to S3 or Azure'),
  requestAttempts: z
    .number()
    .int()
    .min(1)
    .max(20)
    .default(5)
    .describe('how often a request is made before it counts as failed'),
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
    .describe('buffered rows of one partition that trigger a flush'),
  maxBytes: size.default(64 * MIB).describe('buffered bytes of one partition that trigger a flush'),
  maxAgeMs: timer.default(MINUTE_MS).describe('age of the oldest buffered message that triggers a flush'),
  memory: size
    .default(256 * MIB)
    .describe('memory budget for the buffers of all partitions; beyond it, reading pauses'),
  futureToleranceMs: duration
    .default(MINUTE_MS)
    .describe('how far the event time of a position may lie ahead of its arrival'),
})

const compactor = z.strictObject({
  memory: size
    .refine((bytes) => bytes >= 32 * MIB, 'must be at least "32 MiB"')
    .default(512 * MIB)
    .describe('memory budget for compaction; output files are at most three eighths of it and a row group'),
  targetBytes: size.default(128 * MIB).describe('target size of compacted files'),
  quietMs: duration
    .default(15 * MINUTE_MS)
    .describe('how long the compactor waits after the end of a window or a date'),
  everyMs: timer.default(5 * MINUTE_MS).describe('interval between compaction runs'),
  graceMs: duration
    .refine((ms) => ms <= 7 * DAY_MS, 'must be at most "7 d": then the table forgets which files were removed')
    .default(7 * DAY_MS)
    .describe('how long unreferenced files are kept; never less than 2 h'),
  vacuumEveryMs: timer.default(6 * 60 * MINUTE_MS).describe('interval between searches for unreferenced files'),
})

const projector = z.strictObject({
  everyMs: timer.default(10_000).describe('interval between commits to a derived table, at least'),
  memory: size
    .refine((bytes) => bytes >= 32 * MIB, 'must be at least "32 MiB"')
    .default(512 * MIB)
    .describe(
      'memory budget for what is known of vehicles while positions are folded; more is read from the table again',
    ),
  maxLagMs: duration
    .optional()
    .describe(
      'positions that wait for longer are not followed commit by commit: the derived table is built again. Below `compactor.graceMs` and `archive.logRetentionMs`. Default: six sevenths of the shorter one, 6 d as a rule',
    ),
  latestBy: z
    .array(z.string().refine(isMeasureName, 'must be the name of a column of texts, such as "order_id"'))
    .max(8)
    .default([])
    .describe('columns of texts, beside the vehicle, of each of whose values the last position is kept'),
})

const finder = z.strictObject({
  tasksInFlight: z
    .number()
    .int()
    .positive()
    .max(1_000)
    .default(8)
    .describe('tasks of one query that run at the same time'),
  batchRows: z.number().int().positive().max(100_000).default(8_192).describe('rows of a result batch, at most'),
  tailMemory: size
    .default(256 * MIB)
    .describe(
      'memory budget for the tail: positions that are acknowledged and not archived yet. When it fills up, they are archived sooner',
    ),
  maxVertices: z
    .number()
    .int()
    .min(4)
    .max(1_000_000)
    .default(10_000)
    .describe('vertices of an area, all its polygons together; a search with more is refused'),
  searches: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(1_024)
    .describe('searches of one finder, running or waiting; more are refused'),
  searchesPerClient: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .default(64)
    .describe(
      'searches that one client may have, running or waiting; a client is a connection: a terminal, a page, a program',
    ),
  searchBytes: size
    .default(8 * MIB)
    .describe(
      'memory budget for the requests of all searches, mostly for their areas; beyond it, searches are refused',
    ),
})

const limits = z.strictObject({
  searchesAtOnce: z
    .number()
    .int()
    .positive()
    .max(100_000)
    .optional()
    .describe(
      'searches that one person may have, running or waiting, in all finders together. Default: as many as the finders take',
    ),
  areaKm2: z
    .number()
    .positive()
    .max(1_000_000_000)
    .optional()
    .describe('area of one search in km², all its polygons together. Default: any'),
  periodMs: duration.optional().describe('period of one search. Default: any'),
  rows: z
    .number()
    .int()
    .positive()
    .max(MOST)
    .optional()
    .describe('positions that one search finds; one that names no limit ends there. Default: any number'),
})

const generator = z.strictObject({
  cityDir: z.string().default('.fleetlake/city/montevideo').describe('folder of the city pack'),
  queueBytes: size.default(4 * MIB).describe('unacknowledged bytes of one partition at which the simulation waits'),
})

const viewer = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe('address at which the web viewer listens; 127.0.0.1 can be reached from this machine only'),
  port: port.default(3000).describe('port of the web viewer; 0 picks a free port'),
  hubUrl: z
    .string()
    .regex(/^wss?:\/\/./, 'must begin with ws:// or wss://')
    .optional()
    .describe("WebSocket address of the hub for browsers. Default: the page's own host at `hub.websocketPort`"),
  hubUser: z.string().optional().describe('user name of the page on a hub that asks for one; every browser gets it'),
  hubPassword: secret.optional().describe('password of that user; every browser gets it'),
  gatewayUrl: origin
    .optional()
    .describe(
      'address of the gateway as the viewer reaches it, which passes logins on to it with `auth: required`. Default: `gateway.port` on this machine',
    ),
  generation: z
    .boolean()
    .optional()
    .describe(
      'whether pages may start generations. Default: those of people whose role may, with `auth: required`; else only if page and hub are on this machine',
    ),
  imports: z
    .boolean()
    .optional()
    .describe(
      'whether pages may import files. Default: those of people whose role may, with `auth: required`; else only if page and hub are on this machine',
    ),
  importDir: z
    .string()
    .default('.fleetlake/imports')
    .describe(
      'folder for the files that pages import, until they are imported, and for what is known of these imports; each viewer needs a folder of its own',
    ),
  importBytes: size
    .default(4096 * MIB)
    .describe('bytes of the files that pages have sent and that are not imported yet, all together; more are refused'),
  mapStyle: z.string().optional().describe("address of a MapLibre style that replaces the city pack's map"),
  mapPmtiles: z.string().optional().describe("address of a PMTiles file that replaces the city pack's map"),
})

const auth = z
  .enum(['required', 'none'])
  .optional()
  .describe(
    'who has to log in: `required`: everyone who comes to the gateway; `none`: no one, wherever a server listens. Default: no one, and what other machines can reach does not start',
  )

/** Passwords and codes of people go there and come from there. */
const issuer = z
  .string()
  .refine(
    (url) =>
      URL.canParse(url) && (url.startsWith('https://') || (url.startsWith('http://') && isLoopback(hostOf(url)))),
    'must begin with https://',
  )

const openid = z
  .strictObject({
    issuer: issuer
      .optional()
      .describe(
        'address of the provider of OpenID Connect, e.g. `https://login.example.com/realms/fleet`. Default: no login by a provider',
      ),
    clientId: z.string().min(1).optional().describe('name of the gateway at the provider'),
    clientSecret: secret.min(1).optional().describe('secret of the gateway at the provider'),
    scope: z.string().min(1).default('openid profile email').describe('what the provider is asked for'),
    accountClaim: z
      .string()
      .min(1)
      .default('sub')
      .describe('claim that names the person; it must be one that people cannot choose at the provider'),
    roleClaim: z.string().min(1).default('groups').describe('claim whose values, a text or a list, give the role'),
    groupClaim: z
      .string()
      .min(1)
      .optional()
      .describe(
        'claim whose values, a text or a list, name the groups whose vehicles the person sees; who has none sees none. Default: people see all vehicles',
      ),
    roles: z
      .record(z.string().min(1).max(255), z.enum(ROLES))
      .default({})
      .describe(
        'role of each value of `roleClaim`, e.g. `{fleet-dispatch: dispatcher}`. People with none of these values are not let in',
      ),
  })
  .refine(
    ({ issuer: at, clientId, clientSecret }) =>
      new Set([at, clientId, clientSecret].map((value) => value === undefined)).size === 1,
    'issuer, clientId and clientSecret belong together: set all or none',
  )

const tls = z
  .strictObject({
    cert: z
      .string()
      .optional()
      .describe('file with the certificate and those between it and the root, as PEM. Default: http'),
    key: z.string().optional().describe('file with the private key of the certificate, as PEM'),
  })
  .refine(
    ({ cert, key }) => (cert === undefined) === (key === undefined),
    'cert and key belong together: set both or none',
  )

const networkAddress = z
  .string()
  .refine(
    (text) => [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()].some((form) => form.safeParse(text).success),
    'must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8',
  )

const gateway = z.strictObject({
  hubSystemPassword: secret
    .min(1)
    .optional()
    .describe(
      'password of the user `service:system` in the system account of the hub, with which the gateway ends connections. Default: that of the bundled hub, in `hub.dataDir`',
    ),
  hubIssuerSecret: secret
    .startsWith('SA', 'must be the seed of an account, which begins with SA')
    .optional()
    .describe(
      'seed of the nkey with which the gateway signs whom the hub lets in. Default: that of the bundled hub, in `hub.dataDir`',
    ),
  host: z
    .string()
    .default('127.0.0.1')
    .describe('address at which the gateway listens; 127.0.0.1 can be reached from this machine only'),
  port: port.optional().describe('port of the gateway; 0 picks a free port. Default: `npm start` starts no gateway'),
  publicUrl: origin
    .optional()
    .describe('address by which people come to it, e.g. `https://fleet.example.com`. Default: where it listens'),
  pageOrigins: z
    .array(origin)
    .optional()
    .describe(
      "origins of the pages that may ask for the person who has logged in. Default: the viewer's page, where both are on this machine",
    ),
  proxies: z
    .array(networkAddress)
    .default([])
    .describe('addresses or networks of the proxies before it, whose word for where a request comes from is taken'),
  sessionMs: duration
    .refine((ms) => ms <= 90 * DAY_MS, 'must be at most "90 d"')
    .default(12 * 60 * MINUTE_MS)
    .describe('how long a login lasts'),
  sessionSecret: secret
    .min(32, 'must have 32 characters at least')
    .optional()
    .describe(
      "secret that sessions are sealed with; gateways with the same take each other's. Default: one is made and kept in `stateDir`",
    ),
  stateDir: z
    .string()
    .default('.fleetlake/gateway')
    .describe('folder in which the gateway keeps the secret that it has made'),
  tls: tls.prefault({}),
  openid: openid.prefault({}),
})

const log = z.strictObject({
  level: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('lowest severity that is logged'),
})

const service = z.strictObject({
  hangMs: duration
    .default(30_000)
    .describe(
      'how long the event loop of a service may stand still before the service ends itself, to be started again',
    ),
  heartbeatFile: z
    .string()
    .optional()
    .describe(
      'file that is written each second while the service is ready and its event loop runs, for probes; each service needs a file of its own',
    ),
  drainMs: duration
    .refine((ms) => ms <= 10 * MINUTE_MS, 'must be at most "10 min"')
    .default(0)
    .describe(
      'how long a service goes on after SIGTERM, not ready any more, before it begins to stop: so that balancers send it nothing new',
    ),
})

const ops = z.strictObject({
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'address at which a service tells its metrics and health; 127.0.0.1 can be reached from this machine only',
    ),
  port: port
    .optional()
    .describe(
      'port of `/metrics`, `/healthz` and `/readyz`, usually 9464; 0 picks a free port. `npm start` gives its services this one and those after it. Default: they are not told',
    ),
  token: secret
    .min(16, 'must have 16 characters at least')
    .regex(/^[\w.~+/-]+=*$/, 'must be letters, digits and -._~+/ only, as a bearer token')
    .optional()
    .describe('bearer token without which `/metrics` tells nothing. Default: none is needed, on this machine'),
})

const tracing = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be like http://127.0.0.1:4318/v1/traces' })
    .optional()
    .describe(
      'where traces are sent: the address of a receiver of OTLP over HTTP, with its path, e.g. `http://127.0.0.1:4318/v1/traces`. Default: none are made',
    ),
  sampleRatio: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('share of the batches, commits and searches whose trace begins here that are traced, from 0 to 1'),
})

/** Everything that can be configured, with its default; `fleet.yaml`, then `FLEET_*`, then flags. */
export const configSchema = z.strictObject({
  auth,
  hub: hub.prefault({}),
  partitioning: partitioning.prefault({}),
  archive: archive.prefault({}),
  collector: collector.prefault({}),
  compactor: compactor.prefault({}),
  projector: projector.prefault({}),
  finder: finder.prefault({}),
  limits: limits.prefault({}),
  generator: generator.prefault({}),
  viewer: viewer.prefault({}),
  gateway: gateway.prefault({}),
  log: log.prefault({}),
  service: service.prefault({}),
  ops: ops.prefault({}),
  tracing: tracing.prefault({}),
})

export type Config = z.output<typeof configSchema>

/** What holds where nothing is configured; a default is written in the schema alone. */
export const DEFAULT_CONFIG: Config = configSchema.parse({})

/** The port of `hub.url`, which may leave out the usual one. */
export const hubPortOf = (url: string): number => Number(portOf(url) || portOf(DEFAULT_CONFIG.hub.url))

const portOf = (url: string): string => new URL(url).port

export type ArchiveConfig = Config['archive']
