import { type DashboardSpec, lines, number, quantiles, rateOf } from '../panel.ts'

/** From the streams into the table. */
export const INGEST: DashboardSpec = {
  uid: 'fleetlake-ingest',
  title: 'Fleetlake: ingest and archive',
  about: 'Positions on their way from the streams into the table, and what becomes of its files',
  rows: [
    {
      title: 'Streams and lag',
      panels: [
        lines('Positions', 'rowsps', 8, 'What collectors read and what they have committed', [
          rateOf('fleetlake_collected_rows_total', 'collected'),
          rateOf('fleetlake_archived_rows_total', 'archived'),
          rateOf('fleetlake_published_rows_total', 'generated'),
        ]),
        lines('Behind, in time', 's', 8, 'Saw teeth up to a minute are usual: a flush takes what is a minute old', [
          { expr: 'max by (partition) (fleetlake_lag_seconds)', legend: 'partition {{partition}}' },
        ]),
        lines('Behind, in positions', 'short', 8, 'Acknowledged and not archived', [
          { expr: 'sum by (partition) (fleetlake_lag_rows)', legend: 'partition {{partition}}' },
        ]),
        lines(
          'Streams: bytes',
          'bytes',
          8,
          'What the hub holds until it is archived and its duplicate window has passed',
          [{ expr: 'max by (stream) (fleetlake_stream_bytes)', legend: '{{stream}}' }],
        ),
        lines(
          'Streams: how full',
          'percentunit',
          8,
          'A stream of moves at 100 % lets producers wait; that of dead letters drops the oldest',
          [{ expr: 'max by (stream) (fleetlake_stream_bytes / fleetlake_stream_limit_bytes)', legend: '{{stream}}' }],
        ),
        lines('Buffers', 'bytes', 8, 'Memory of the collectors; at the limit reading waits', [
          { expr: 'fleetlake_buffer_bytes{job="collector"}', legend: '{{instance}}' },
          { expr: 'fleetlake_buffer_limit_bytes', legend: '{{instance}}, limit' },
        ]),
      ],
    },
    {
      title: 'Flush and commit',
      panels: [
        lines('Flush', 's', 8, 'Files and commit together', quantiles('fleetlake_flush_seconds')),
        lines('Commit', 's', 8, 'The commit alone', quantiles('fleetlake_commit_seconds')),
        lines(
          'Commit conflicts',
          'ops',
          8,
          'Versions that another writer made first; some are usual with several collectors',
          [rateOf('fleetlake_commit_conflicts_total', 'conflicts')],
        ),
        lines('Files', 'ops', 8, 'Files that were committed', [rateOf('fleetlake_archived_files_total', 'files')]),
        lines('Bytes', 'Bps', 8, 'Bytes of these files', [rateOf('fleetlake_archived_bytes_total', 'bytes')]),
        lines('Bytes a position', 'bytes', 8, 'Of new files; compaction makes it less', [
          {
            expr: 'sum (rate(fleetlake_archived_bytes_total[$__rate_interval])) / sum (rate(fleetlake_archived_rows_total[$__rate_interval]))',
            legend: 'bytes',
          },
        ]),
      ],
    },
    {
      title: 'What could not be archived',
      panels: [
        lines(
          'Dead letters',
          'ops',
          12,
          'Messages or positions that can never be archived, by reason: `fleet dead-letters` shows them',
          [
            {
              expr: 'sum by (reason) (rate(fleetlake_dead_letters_total[$__rate_interval])) > 0',
              legend: '{{reason}}',
            },
            rateOf('fleetlake_dead_letters_total', 'all'),
          ],
        ),
        number(
          'Lost messages',
          'short',
          'Acknowledged by the hub and gone before they were archived, since the collectors began',
          'sum(fleetlake_lost_messages_total)',
          { badFrom: 1 },
        ),
        number('Open losses', 'short', '`fleet table losses` lists and settles them', 'max(fleetlake_open_losses)', {
          badFrom: 1,
        }),
        number(
          'Dead letters, an hour',
          'short',
          'In the last hour',
          'sum(increase(fleetlake_dead_letters_total[1h]))',
          { badFrom: 1 },
        ),
      ],
    },
    {
      title: 'Table and compaction',
      panels: [
        number('Files', 'short', 'Of the table', 'max(fleetlake_table_files)'),
        number('Bytes', 'bytes', 'Of the table', 'max(fleetlake_table_bytes)'),
        number('Positions', 'short', 'Of the table', 'max(fleetlake_table_rows)'),
        number(
          'Bytes a file',
          'bytes',
          'Grows as compaction goes on',
          'max(fleetlake_table_bytes) / max(fleetlake_table_files)',
        ),
        number(
          'Bytes a position',
          'bytes',
          'Of the whole table',
          'max(fleetlake_table_bytes) / max(fleetlake_table_rows)',
        ),
        number(
          'Positions a file',
          'short',
          'Grows as compaction goes on',
          'max(fleetlake_table_rows) / max(fleetlake_table_files)',
        ),
        lines('Files of the table', 'short', 8, 'Falls with each compaction', [
          { expr: 'max(fleetlake_table_files)', legend: 'files' },
        ]),
        lines('Compacted files', 'ops', 8, 'Files that were replaced by larger ones', [
          rateOf('fleetlake_compacted_files_total', 'files'),
        ]),
        lines(
          'Maintenance',
          's',
          8,
          'How long its runs take; runs that find nothing count',
          quantiles('fleetlake_compaction_seconds'),
        ),
      ],
    },
    {
      title: 'Presence and latest',
      panels: [
        lines(
          'Behind the archive',
          's',
          24,
          'How long a projector has not had all commits in its tables; saw teeth up to `projector.everyMs` are usual, a build of older dates makes taller ones',
          [
            {
              expr: 'max by (projection, instance) (fleetlake_projection_lag_seconds)',
              legend: '{{projection}}, {{instance}}',
            },
          ],
        ),
      ],
    },
    {
      title: 'Store',
      panels: [
        lines('Requests', 'reqps', 12, 'By operation and result', [
          rateOf('fleetlake_store_requests_total', '{{operation}} {{result}}', 'operation, result'),
        ]),
        lines('How long', 's', 12, 'Repetitions included', quantiles('fleetlake_store_request_seconds', 'operation')),
      ],
    },
  ],
}
