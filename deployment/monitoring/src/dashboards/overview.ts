import { type DashboardSpec, lines, number, quantiles, rateOf } from '../panel.ts'

/** The one to open first: is all well? */
export const OVERVIEW: DashboardSpec = {
  uid: 'fleetlake-overview',
  title: 'Fleetlake: overview',
  about: 'Whether all is well, and where to look when it is not',
  rows: [
    {
      title: 'Is all well?',
      panels: [
        number(
          'Not ready',
          'short',
          'Services that can not do their work; 0 is right',
          'count(fleetlake_ready == 0) or vector(0)',
          { badFrom: 1 },
        ),
        number(
          'Off the hub',
          'short',
          'Services that are not connected to the hub',
          'count(fleetlake_hub_connected == 0) or vector(0)',
          { badFrom: 1 },
        ),
        number(
          'Archive behind by',
          's',
          'Age of the oldest position that is acknowledged and not archived; about a minute is usual',
          'max(fleetlake_lag_seconds)',
          { badFrom: 900 },
        ),
        number(
          'Fullest stream',
          'percentunit',
          'At 100 % producers wait',
          'max(fleetlake_stream_bytes / fleetlake_stream_limit_bytes)',
          { badFrom: 0.8 },
        ),
        number('Open losses', 'short', 'Recorded losses that nobody has settled', 'max(fleetlake_open_losses)', {
          badFrom: 1,
        }),
        number(
          'Search, 95 of 100',
          's',
          'Within this time 95 of 100 searches end',
          'histogram_quantile(0.95, sum by (le) (rate(fleetlake_search_seconds_bucket[$__rate_interval])))',
          { badFrom: 10 },
        ),
      ],
    },
    {
      title: 'What flows',
      panels: [
        lines(
          'Positions',
          'rowsps',
          12,
          'Archived follows collected within a minute or two; a lasting gap means that the archive falls behind',
          [
            rateOf('fleetlake_published_rows_total', 'generated'),
            rateOf('fleetlake_collected_rows_total', 'collected'),
            rateOf('fleetlake_archived_rows_total', 'archived'),
          ],
        ),
        lines('Searches', 'reqps', 12, 'How searches ended', [
          rateOf('fleetlake_searches_total', '{{status}}', 'status'),
        ]),
      ],
    },
    {
      title: 'Services',
      panels: [
        lines('Ready', 'short', 8, '1: the service can do its work', [
          { expr: 'fleetlake_ready', legend: '{{job}} {{instance}}' },
        ]),
        lines('Connected to the hub', 'short', 8, '1: connected', [
          { expr: 'fleetlake_hub_connected', legend: '{{job}} {{instance}}' },
        ]),
        lines('Event loop', 's', 8, 'How late it was, in 99 of 100 cases at most; seconds mean that a service hangs', [
          { expr: 'nodejs_eventloop_lag_p99_seconds', legend: '{{job}} {{instance}}' },
        ]),
        lines('Processor', 'short', 8, 'Cores in use', [
          { expr: 'rate(process_cpu_seconds_total[$__rate_interval])', legend: '{{job}} {{instance}}' },
        ]),
        lines('Memory', 'bytes', 8, 'What the processes hold', [
          { expr: 'process_resident_memory_bytes', legend: '{{job}} {{instance}}' },
        ]),
        lines('Running for', 's', 8, 'A line that falls to 0 is a start', [
          { expr: 'time() - process_start_time_seconds', legend: '{{job}} {{instance}}' },
        ]),
        {
          title: 'Versions',
          about: 'What runs; two versions are right during an upgrade only',
          kind: 'table',
          unit: 'short',
          width: 12,
          queries: [{ expr: 'sum by (service, version, commit) (fleetlake_build_info)', legend: '' }],
        },
        lines('Logins', 'ops', 12, 'A burst of refused ones is somebody who guesses', [
          rateOf('fleetlake_logins_total', '{{result}}', 'result'),
        ]),
        lines('Page and gateway: requests', 'reqps', 12, 'By the class of their status', [
          rateOf('fleetlake_http_request_seconds_count', '{{job}} {{status}}', 'job, status'),
        ]),
        lines(
          'Page and gateway: how long',
          's',
          12,
          'Until the answer began',
          quantiles('fleetlake_http_request_seconds', 'job'),
        ),
      ],
    },
  ],
}
