/** What an alarm is about, as promtool writes series: `<first>+<step>x<minutes>`, a value a minute. */
export interface Firing {
  readonly series: Readonly<Record<string, string>>
  /** When it is looked at. */
  readonly at: string
}

/** A stack at rest, and at work: nothing is amiss. */
export const WELL: Readonly<Record<string, string>> = {
  'up{job="collector", instance="c"}': '1x480',
  'fleetlake_ready{job="collector", instance="c"}': '1x480',
  'fleetlake_hub_connected{job="collector", instance="c"}': '1x480',
  'fleetlake_buffer_bytes{job="collector", instance="c"}': '100x480',
  'fleetlake_buffer_limit_bytes{job="collector", instance="c"}': '1000x480',
  'fleetlake_searches_waiting{job="finder", instance="f"}': '0x480',
  'fleetlake_lag_seconds{job="collector", instance="c", partition="0"}': '60x480',
  'fleetlake_collected_rows_total{job="collector", instance="c"}': '0+6000x480',
  'fleetlake_archived_rows_total{job="collector", instance="c"}': '0+6000x480',
  'fleetlake_stream_bytes{job="collector", instance="c", stream="MOVES_0"}': '100x480',
  'fleetlake_stream_limit_bytes{job="collector", instance="c", stream="MOVES_0"}': '1000x480',
  'fleetlake_lost_messages_total{job="collector", instance="c"}': '0x480',
  'fleetlake_dead_letters_total{job="collector", instance="c", reason="unreadable"}': '0x10 3x470',
  'fleetlake_commit_conflicts_total{job="collector", instance="c"}': '0+6x480',
  'fleetlake_store_requests_total{job="collector", instance="c", operation="write", result="ok"}': '0+60x480',
  'fleetlake_store_requests_total{job="collector", instance="c", operation="write", result="failed"}': '0x480',
  'fleetlake_open_losses{job="compactor", instance="k"}': '0x480',
  'fleetlake_compaction_seconds_count{job="compactor", instance="k"}': '0+1x480',
  'fleetlake_table_files{job="compactor", instance="k"}': '10000x480',
  'fleetlake_table_bytes{job="compactor", instance="k"}': '10000000000x480',
  'fleetlake_projection_lag_seconds{job="projector", instance="p", projection="presence"}': '10x480',
  'fleetlake_projection_lag_seconds{job="projector", instance="p", projection="latest"}': '10x480',
  'fleetlake_searches_total{job="finder", instance="f", status="complete"}': '0+60x480',
  'fleetlake_searches_total{job="finder", instance="f", status="partial"}': '0x480',
  'fleetlake_search_seconds_bucket{job="finder", instance="f", le="1"}': '0+60x480',
  'fleetlake_search_seconds_bucket{job="finder", instance="f", le="30"}': '0+60x480',
  'fleetlake_search_seconds_bucket{job="finder", instance="f", le="+Inf"}': '0+60x480',
  'fleetlake_http_request_seconds_count{job="viewer", instance="v", status="2xx"}': '0+60x480',
  'fleetlake_http_request_seconds_count{job="viewer", instance="v", status="5xx"}': '0x480',
  'fleetlake_logins_total{job="gateway", instance="g", result="refused"}': '0+1x480',
  'nodejs_eventloop_lag_p99_seconds{job="collector", instance="c"}': '0.02x480',
  'process_start_time_seconds{job="collector", instance="c"}': '1000x480',
  'fleetlake_build_info{job="collector", instance="c", service="collector", version="1", commit="a"}': '1x480',
}

const during = (series: Record<string, string>, at = '60m'): Firing => ({ series, at })

/** What makes each alarm fire: series in place of those of `WELL`, or beside them; `_` is never there. */
export const FIRINGS: Readonly<Record<string, Firing>> = {
  NotReady: during({ 'fleetlake_ready{job="collector", instance="c"}': '0x60' }),
  ServiceDown: during({ 'up{job="collector", instance="c"}': '0x60' }),
  NoCollector: during({ 'fleetlake_buffer_limit_bytes{job="collector", instance="c"}': '_x60' }),
  NoFinder: during({ 'fleetlake_searches_waiting{job="finder", instance="f"}': '_x60' }),
  HubGone: during({ 'fleetlake_hub_connected{job="collector", instance="c"}': '0x60' }),
  ArchiveLags: during({ 'fleetlake_lag_seconds{job="collector", instance="c", partition="0"}': '0+60x60' }),
  NothingArchived: during({ 'fleetlake_archived_rows_total{job="collector", instance="c"}': '0x60' }),
  StreamNearlyFull: during({ 'fleetlake_stream_bytes{job="collector", instance="c", stream="MOVES_0"}': '900x60' }),
  MessagesLost: during({ 'fleetlake_lost_messages_total{job="collector", instance="c"}': '0x55 7x5' }),
  NoRowsArrive: during(
    { 'fleetlake_collected_rows_total{job="collector", instance="c"}': '0+6000x60 360000x60' },
    '110m',
  ),
  SearchesFail: during({ 'fleetlake_searches_total{job="finder", instance="f", status="partial"}': '0+30x60' }),
  StoreFails: during({
    'fleetlake_store_requests_total{job="collector", instance="c", operation="write", result="failed"}': '0+30x60',
  }),
  DiskFillsUp: during({ 'fleetlake_stream_bytes{job="collector", instance="c", stream="MOVES_0"}': '10+5x90' }, '90m'),
  DeadLettersCome: during({
    'fleetlake_dead_letters_total{job="collector", instance="c", reason="unreadable"}': '0x55 2x5',
  }),
  OpenLosses: during({ 'fleetlake_open_losses{job="compactor", instance="k"}': '2x60' }),
  CommitsConflict: during({ 'fleetlake_commit_conflicts_total{job="collector", instance="c"}': '0+120x60' }),
  CompactionStands: during({ 'fleetlake_compaction_seconds_count{job="compactor", instance="k"}': '9x120' }, '120m'),
  CompactionBehind: during(
    {
      'fleetlake_table_files{job="compactor", instance="k"}': '100000x480',
      'fleetlake_table_bytes{job="compactor", instance="k"}': '1000000x480',
    },
    '400m',
  ),
  NoProjector: during({
    'fleetlake_projection_lag_seconds{job="projector", instance="p", projection="presence"}': '_x60',
    'fleetlake_projection_lag_seconds{job="projector", instance="p", projection="latest"}': '_x60',
  }),
  ProjectionBehind: during({
    'fleetlake_projection_lag_seconds{job="projector", instance="p", projection="latest"}': '0+60x60',
  }),
  SearchesSlow: during({ 'fleetlake_search_seconds_bucket{job="finder", instance="f", le="1"}': '0+1x60' }),
  SearchesWait: during({ 'fleetlake_searches_waiting{job="finder", instance="f"}': '80x60' }),
  BuffersFull: during({ 'fleetlake_buffer_bytes{job="collector", instance="c"}': '999x60' }),
  HttpFails: during({ 'fleetlake_http_request_seconds_count{job="viewer", instance="v", status="5xx"}': '0+10x60' }),
  LoginsRefused: during({ 'fleetlake_logins_total{job="gateway", instance="g", result="refused"}': '0+20x60' }),
  EventLoopLags: during({ 'nodejs_eventloop_lag_p99_seconds{job="collector", instance="c"}': '3x60' }),
  // Counters of a process that has just begun are at 0.
  Restarts: during({
    'process_start_time_seconds{job="collector", instance="c"}': '0+1000x60',
    'fleetlake_dead_letters_total{job="collector", instance="c", reason="unreadable"}': '0x60',
  }),
  VersionsDiffer: during(
    { 'fleetlake_build_info{job="finder", instance="f", service="finder", version="2", commit="b"}': '1x120' },
    '110m',
  ),
}

const NEW = { 'process_start_time_seconds{job="collector", instance="new"}': '_x55 3300x5' }

/** Of alarms for which one event is enough: it came before the first scrape of its service, so that nothing ever increases. */
export const SUDDEN: Readonly<Record<string, Firing>> = {
  MessagesLost: during({ ...NEW, 'fleetlake_lost_messages_total{job="collector", instance="new"}': '_x55 7x5' }),
  DeadLettersCome: during({
    ...NEW,
    'fleetlake_dead_letters_total{job="collector", instance="new", reason="unreadable"}': '_x55 7x5',
    'fleetlake_dead_letters_total{job="collector", instance="new", reason="off-the-globe"}': '_x55 0x5',
  }),
}

/** Of the same: it came while Prometheus was away. */
export const MISSED: Readonly<Record<string, Firing['series']>> = {
  MessagesLost: { 'fleetlake_lost_messages_total{job="collector", instance="c"}': '0x60 _x30 7x60' },
  DeadLettersCome: {
    'fleetlake_dead_letters_total{job="collector", instance="c", reason="unreadable"}': '3x60 _x30 7x60',
  },
}

/** Of the same: what came long ago is seen again, after half an hour in which Prometheus was away. */
export const RETURNED: Readonly<Record<string, Firing['series']>> = {
  MessagesLost: { 'fleetlake_lost_messages_total{job="collector", instance="c"}': '7x60 _x30 7x60' },
  DeadLettersCome: {
    'fleetlake_dead_letters_total{job="collector", instance="c", reason="unreadable"}': '7x60 _x30 7x60',
  },
}
