import { type DashboardSpec, lines, number, quantiles, rateOf } from '../panel.ts'

/** What finders do. */
export const SEARCH: DashboardSpec = {
  uid: 'fleetlake-search',
  title: 'Fleetlake: search',
  about: 'Searches: how many, how long, what they read',
  rows: [
    {
      title: 'Answers',
      panels: [
        number(
          'Searches a minute',
          'short',
          'In the last minutes',
          '60 * sum(rate(fleetlake_searches_total[$__rate_interval]))',
        ),
        number(
          'Not complete',
          'percentunit',
          'Partial, or out of time',
          'sum(rate(fleetlake_searches_total{status=~"partial|timed-out"}[$__rate_interval])) / sum(rate(fleetlake_searches_total[$__rate_interval]))',
          { badFrom: 0.1 },
        ),
        number(
          '95 of 100 within',
          's',
          'Waiting included',
          'histogram_quantile(0.95, sum by (le) (rate(fleetlake_search_seconds_bucket[$__rate_interval])))',
          { badFrom: 10 },
        ),
        number('Waiting', 'short', 'Searches that wait for others to end', 'sum(fleetlake_searches_waiting)', {
          badFrom: 50,
        }),
        number(
          'Tasks queued',
          'short',
          'Parts of searches that finders have taken on and not begun',
          'sum(fleetlake_tasks_queued)',
        ),
        number(
          'Tail',
          'bytes',
          'Positions that are not archived yet, in the memory of the finders',
          'sum(fleetlake_buffer_bytes{job="finder"})',
        ),
      ],
    },
    {
      title: 'Over time',
      panels: [
        lines('Searches', 'reqps', 12, 'By how they ended', [
          rateOf('fleetlake_searches_total', '{{status}}', 'status'),
        ]),
        lines('How long', 's', 12, 'Waiting included', quantiles('fleetlake_search_seconds')),
        lines('Waiting and queued', 'short', 12, 'Tasks that queue for long ask for more finders', [
          { expr: 'sum(fleetlake_searches_waiting)', legend: 'searches waiting' },
          { expr: 'sum(fleetlake_tasks_queued)', legend: 'tasks queued' },
        ]),
        lines('Tail', 'bytes', 12, 'Positions that are not archived yet, by finder', [
          { expr: 'fleetlake_buffer_bytes{job="finder"}', legend: '{{instance}}' },
        ]),
      ],
    },
    {
      title: 'What is read',
      panels: [
        lines(
          'Files',
          'ops',
          8,
          'Pruned ones cost nothing; reading many for few positions means that areas or periods cut across the files',
          [rateOf('fleetlake_files_total', '{{outcome}}', 'outcome')],
        ),
        lines('Positions found', 'rowsps', 8, 'Sent to clients', [rateOf('fleetlake_found_rows_total', 'found')]),
        lines('Reading the store', 's', 8, 'One read, repetitions included', [
          {
            expr: 'histogram_quantile(0.95, sum by (le) (rate(fleetlake_store_request_seconds_bucket{job="finder", operation="read"}[$__rate_interval])))',
            legend: '95 of 100',
          },
        ]),
      ],
    },
  ],
}
