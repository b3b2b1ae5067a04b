import type { PositionFault } from '@fleetlake/core'
import { METERED_SERVICES, type MeteredService, type Metric } from './metric.ts'

const ALL = METERED_SERVICES
const ON_THE_HUB: readonly MeteredService[] = ALL.filter((service) => service !== 'hub')
const ON_THE_STORE: readonly MeteredService[] = ['collector', 'compactor', 'projector', 'finder', 'viewer', 'gateway']

/** The values are not known beforehand. */
const OPEN = [] as readonly string[]

const REQUEST_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10]
const WORK_SECONDS = [0.1, 0.5, 1, 5, 15, 60]

/** Of a letter: that its message could not be read, or what is wrong with its positions (`PositionFault`). */
const LETTER_REASONS = [
  'unreadable',
  'time-not-a-number',
  'position-not-a-number',
  'off-the-globe',
  'in-the-future',
  'before-1970',
  'null-island',
  'vehicle-id-missing',
  'vehicle-type-missing',
  'text-too-long',
  'measure-text-too-long',
  'attributes-too-long',
  'no-place-for-attributes',
] as const satisfies readonly ('unreadable' | PositionFault)[]

/** Every metric there is; `docs/reference/metrics.md` is made of it, and dashboards and alarms are held against it. */
export const METRICS = {
  fleetlake_build_info: {
    kind: 'gauge',
    services: ALL,
    labels: { service: OPEN, version: OPEN, commit: OPEN },
    help: 'always 1; its labels say what runs',
  },
  fleetlake_ready: {
    kind: 'gauge',
    services: ALL,
    help: '1 while the service can do its work, as `/readyz` says, else 0',
  },
  fleetlake_hub_connected: {
    kind: 'gauge',
    services: ON_THE_HUB,
    help: '1 while the service is connected to the hub, else 0',
  },
  process_cpu_seconds_total: { kind: 'counter', services: ALL, help: 'processor time of the process, user and system' },
  process_resident_memory_bytes: { kind: 'gauge', services: ALL, help: 'memory that the process holds' },
  process_start_time_seconds: { kind: 'gauge', services: ALL, help: 'when the process began, seconds since the epoch' },
  nodejs_eventloop_lag_p99_seconds: {
    kind: 'gauge',
    services: ALL,
    help: 'how late the event loop was since the last scrape, in 99 of 100 cases at most',
  },
  fleetlake_store_requests_total: {
    kind: 'counter',
    services: ON_THE_STORE,
    labels: { operation: ['read', 'write', 'list', 'delete'], result: ['ok', 'failed'] },
    help: "operations on the archive's store; one that was repeated within its bounds counts once",
  },
  fleetlake_store_request_seconds: {
    kind: 'histogram',
    services: ON_THE_STORE,
    labels: { operation: ['read', 'write', 'list', 'delete'] },
    buckets: REQUEST_SECONDS,
    help: 'how long they took, repetitions included; a list takes until its last page',
  },
  fleetlake_collected_rows_total: {
    kind: 'counter',
    services: ['collector'],
    help: 'positions that were read from the streams; after a fault some are read again',
  },
  fleetlake_lag_rows: {
    kind: 'gauge',
    services: ['collector'],
    labels: { partition: OPEN },
    help: 'positions that are acknowledged and not archived: the messages of the stream beyond what the table holds, by the positions of a message so far',
  },
  fleetlake_lag_seconds: {
    kind: 'gauge',
    services: ['collector'],
    labels: { partition: OPEN },
    help: 'age of the oldest message that is acknowledged and not archived; 0 when there is none',
  },
  fleetlake_buffer_bytes: {
    kind: 'gauge',
    services: ['collector', 'finder'],
    help: 'memory that positions take which are not archived yet: the buffers of a collector, the tail of a finder',
  },
  fleetlake_buffer_limit_bytes: {
    kind: 'gauge',
    services: ['collector'],
    help: 'memory for those of a collector, beyond which reading waits: `collector.memory`',
  },
  fleetlake_flush_seconds: {
    kind: 'histogram',
    services: ['collector'],
    buckets: WORK_SECONDS,
    help: 'how long flushes took, with all that was tried again',
  },
  fleetlake_commit_seconds: {
    kind: 'histogram',
    services: ['collector'],
    buckets: WORK_SECONDS,
    help: 'how long their commits to the table took',
  },
  fleetlake_commit_conflicts_total: {
    kind: 'counter',
    services: ['collector', 'projector'],
    help: 'versions of a table that another writer made first, so that a commit was decided upon again',
  },
  fleetlake_dead_letters_total: {
    kind: 'counter',
    services: ['collector'],
    labels: { reason: LETTER_REASONS },
    help: 'messages that were put among the dead letters, by what most of their positions lack; `unreadable` are no positions',
  },
  fleetlake_lost_messages_total: {
    kind: 'counter',
    services: ['collector'],
    help: 'messages that the hub has acknowledged and lost before they were archived; a loss of unknown size counts 1',
  },
  fleetlake_archived_rows_total: {
    kind: 'counter',
    services: ['collector'],
    help: 'positions that were committed to the table',
  },
  fleetlake_archived_bytes_total: {
    kind: 'counter',
    services: ['collector'],
    help: 'bytes of the files that were committed',
  },
  fleetlake_archived_files_total: { kind: 'counter', services: ['collector'], help: 'files that were committed' },
  fleetlake_stream_bytes: {
    kind: 'gauge',
    services: ['collector'],
    labels: { stream: OPEN },
    help: 'bytes in a stream; the collector that owns a partition tells its stream, and one collector tells the others',
  },
  fleetlake_stream_limit_bytes: {
    kind: 'gauge',
    services: ['collector'],
    labels: { stream: OPEN },
    help: 'bytes that it may hold; a stream of moves that is full lets producers wait',
  },
  fleetlake_compacted_files_total: {
    kind: 'counter',
    services: ['compactor'],
    help: 'files that were replaced by compacted ones',
  },
  fleetlake_compaction_seconds: {
    kind: 'histogram',
    services: ['compactor'],
    buckets: WORK_SECONDS,
    help: 'how long runs of maintenance took, those included that found nothing to do',
  },
  fleetlake_table_files: { kind: 'gauge', services: ['compactor'], help: 'files of the table, as of the last run' },
  fleetlake_table_bytes: { kind: 'gauge', services: ['compactor'], help: 'their bytes' },
  fleetlake_table_rows: { kind: 'gauge', services: ['compactor'], help: 'their positions' },
  fleetlake_open_losses: {
    kind: 'gauge',
    services: ['compactor'],
    help: 'losses that are recorded and not settled, as of the last run',
  },
  fleetlake_projection_lag_seconds: {
    kind: 'gauge',
    services: ['projector'],
    labels: { projection: OPEN },
    help: 'for how long a derived table has not had all that was committed to the archive, of the buckets that this projector works on',
  },
  fleetlake_searches_total: {
    kind: 'counter',
    services: ['finder'],
    labels: { status: ['complete', 'limit-reached', 'timed-out', 'cancelled', 'partial', 'refused'] },
    help: 'searches that were answered, by how they ended',
  },
  fleetlake_search_seconds: {
    kind: 'histogram',
    services: ['finder'],
    buckets: [0.05, 0.2, 0.5, 1, 3, 10, 30],
    help: 'how long they took, waiting included',
  },
  fleetlake_searches_waiting: { kind: 'gauge', services: ['finder'], help: 'searches that wait for others to end' },
  fleetlake_tasks_queued: {
    kind: 'gauge',
    services: ['finder'],
    help: 'tasks that this finder has taken on and not begun',
  },
  fleetlake_files_total: {
    kind: 'counter',
    services: ['finder'],
    labels: { outcome: ['pruned', 'read'] },
    help: 'files of the table that searches did not need to read, and those that this finder has read',
  },
  fleetlake_found_rows_total: {
    kind: 'counter',
    services: ['finder'],
    help: 'positions that this finder has found for searches',
  },
  fleetlake_published_rows_total: {
    kind: 'counter',
    services: ['generator'],
    help: 'generated positions that the hub has acknowledged',
  },
  fleetlake_logins_total: {
    kind: 'counter',
    services: ['gateway'],
    labels: { result: ['ok', 'refused'] },
    help: 'logins of people, by password and by provider',
  },
  fleetlake_http_request_seconds: {
    kind: 'histogram',
    services: ['viewer', 'gateway'],
    labels: { status: ['2xx', '3xx', '4xx', '5xx'] },
    buckets: REQUEST_SECONDS,
    help: 'how long requests took until their answer began',
  },
} as const satisfies Readonly<Record<string, Metric>>

export type MetricName = keyof typeof METRICS
export type MetricsOfKind<Kind extends Metric['kind']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[MetricName]

/** What is to be said with a value: each of the labels, one of its values where these are known; nothing of a metric without. */
export type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name] extends { readonly labels: infer Labels }
  ? { readonly [Label in keyof Labels]: Labels[Label] extends readonly (infer Value)[] ? Value : never }
  : undefined
