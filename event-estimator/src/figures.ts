/** What was measured, and where it is written down. All else follows from these by arithmetic. */
export interface Figure {
  readonly value: number
  /** How it was measured. */
  readonly from: string
}

const figure = (value: number, from: string): Figure => ({ value, from })

const COUNTED =
  'counted on a real S3 server: 300 vehicles in real time, 2 collectors, 8 partitions, flushed after 60 s and after 10 s'

const COUNTED_STEPS =
  'counted on a real S3 server: one projector, 300 vehicles in real time, flushed after 60 s and after 10 s'

const FOLLOWED = 'shared/projections/src/engine/step-buckets.bench.ts following: 20,000 vehicles a step'

export const FIGURES = {
  bytesPerPosition: figure(
    4.25,
    'docs/benchmarks/compaction.md: 15,000 vehicles, compacted, 4.15; and 2.4 % for filters and page indexes, docs/benchmarks/search-by-id.md',
  ),
  landedBytesPerPosition: figure(8.76, 'docs/benchmarks/ingest-scale.md: 1,000,000 vehicles in real time, the largest'),
  bytesPerLandedFile: figure(1_500, 'a file of few rows: footer, statistics, pages'),
  presenceBytesPerPosition: figure(
    0.042,
    'docs/projections.md: 3,000,000 positions of 2,000 vehicles, the largest of what was measured',
  ),
  freshProjectionBytesPerRow: figure(
    22.2,
    `${FOLLOWED}: presence and latest together, a vehicle and step, before they are merged`,
  ),
  hubBytesPerPosition: figure(54, 'an Arrow message of 1,200 positions'),
  hubBytesPerSinglePosition: figure(400, 'one position as JSON with its headers; not measured on a stream'),
  bufferBytesPerPosition: figure(43, 'collectors of 1,000,000 vehicles fill 256 MiB within a minute'),

  collectorCores: figure(0.024, 'docs/benchmarks/ingest-scale.md: a line through 19,707 and 189,259 events/s'),
  collectorMicros: figure(1.02, 'docs/benchmarks/ingest-scale.md: the same line, CPU-µs an event'),
  hubCores: figure(0.055, 'docs/benchmarks/ingest-scale.md: hub and generator together, the same line'),
  hubMicros: figure(
    0.95,
    'docs/benchmarks/ingest-scale.md: hub and generator together, the same line, CPU-µs an event',
  ),
  singleMicros: figure(57, 'docs/benchmarks/ingest.md: 34,939 JSON messages/s keep 2 cores busy, CPU-µs an event'),
  compactorMicros: figure(0.83, 'docs/benchmarks/compaction.md: CPU-µs a row that is rewritten'),
  projectorMicrosPerRow: figure(23, `${FOLLOWED}: a line through 1, 3 and 12 reports, CPU-µs a vehicle and step`),
  projectorMicros: figure(0.22, `${FOLLOWED}: the same line, CPU-µs an event`),
  searchCpuMs: figure(26, 'docs/benchmarks/search.md: a small search of 15,000 vehicles, finders'),

  collectorBytes: figure(240e6, 'docs/benchmarks/ingest-scale.md: a line through 100,000 and 1,000,000 vehicles'),
  collectorBytesPerBuffered: figure(3.05, 'docs/benchmarks/ingest-scale.md: the same line'),
  compactorBytes: figure(291 * 2 ** 20, 'docs/benchmarks/compaction.md: of the process, with the least memory'),
  projectorBytes: figure(150e6, 'docs/operations/compose.md: of the process, without load'),
  finderBytes: figure(238e6, 'docs/benchmarks/planning.md: a table of 7 years and 101,898 files'),

  flushesPerCommit: figure(2, COUNTED),
  logPutsPerCommit: figure(2.3, `${COUNTED}: the commit, its copy, and commits that another collector was ahead of`),
  marksPerCommit: figure(0.7, `${COUNTED}: how far streams were seen, after a flush`),
  logGetsPerFlush: figure(3.8, COUNTED),
  logListsPerFlush: figure(0.44, COUNTED),
  putsPerCollectorMinute: figure(
    12,
    'a collector notes every 5 s how far it has seen the streams, while anything comes',
  ),
  getsPerCollectorMinute: figure(24, COUNTED),
  listsPerCollectorMinute: figure(8, COUNTED),
  putsPerProjectorStep: figure(6, `${COUNTED_STEPS}: of two tables a file, a commit and its copy`),
  getsPerProjectorStep: figure(5.5, COUNTED_STEPS),
  listsPerProjectorStep: figure(3, COUNTED_STEPS),
  getsPerProjectorFile: figure(2, `${COUNTED_STEPS}: each table reads each new file of few rows`),
  getsPerProjectorCommit: figure(4.3, `${COUNTED_STEPS}: of the table of positions, by each of its commits`),
  getsPerProjectorMinute: figure(27, `${COUNTED_STEPS}, and a minute in which nothing came`),
  listsPerProjectorMinute: figure(9, `${COUNTED_STEPS}, and a minute in which nothing came`),
} as const satisfies Readonly<Record<string, Figure>>
