import { REVISION } from '@fleetlake/columnar'
import { humanBytes, plural } from '@fleetlake/viewer-core'
import { createReadStream, statSync } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import { FleetError, reasonOf, orAborted } from '@fleetlake/core'
import {
  createMovePublisher,
  drainWithin,
  duplicateWindowOf,
  flushStreams,
  type Hub,
  type MovePublisher,
  partitionsOf,
  provision,
} from '@fleetlake/hub'
import type { Config, StreamPosition } from '@fleetlake/contracts'
import type { CommandContext } from '../commands/context.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'
import { createProgress, type Progress } from '../terminal/progress.ts'
import { withHub } from '../terminal/with-hub.ts'
import { type Mapping, measuresOf } from './columns.ts'
import { createMotionDeriver } from './derive-motion.ts'
import { describeImport, type ImportOutcome } from './describe-import.ts'
import { digestOfPayload, nameOfImport, randomImportName } from './import-id.ts'
import { emptyTally, importRows, type ImportTally } from './import-rows.ts'
import { readRows } from './line-parser.ts'
import { createPartitionSink, type RowSink } from './partition-sink.ts'
import { createMeasureReader } from './read-measures.ts'
import type { SpeedUnit } from './read-position.ts'
import { readLines } from './read-lines.ts'
import { createTimeReader } from './read-time.ts'
import { createRejects } from './rejects.ts'
import { createRevisions } from './revisions.ts'

export interface ImportOptions {
  readonly columns?: Mapping
  readonly timezone?: string
  readonly timeFormat: string
  readonly speedUnit: SpeedUnit
  readonly vehicleType?: string
  readonly vehicleId?: string
  readonly format?: 'csv' | 'ndjson'
  readonly delimiter?: string
  readonly header: boolean
  readonly rejects?: string
  readonly dryRun?: boolean
  readonly corrections?: boolean
  readonly wait: boolean
}

const BATCH_ROWS = 1_200
const MAX_GAP_MS = 5 * 60_000
const MAX_VEHICLES = 1_000_000
const READ_BYTES = 64 * 1024
/** How long an interrupted import goes on publishing what it has read. */
const STOP_DRAIN_MS = 5_000

/** Where the bytes come from; `path` is missing for standard input. */
interface Source {
  readonly path?: string
  readonly bytes?: number
  /** Throws an `AbortError` when aborted. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>
}

export const runImport = async (file: string, options: ImportOptions, context: CommandContext): Promise<void> => {
  const source = sourceOf(file)
  const time = createTimeReader({ format: options.timeFormat, timezone: options.timezone })
  const config = context.config()
  const read = (sink: RowSink, pause: () => Promise<void>, tally: ImportTally): Promise<void> => {
    const onLeftOut = (leftOut: ReadonlySet<string>): void => void (outcome.leftOut = leftOut)
    return readInto(sink, { source, options, config, context, pause, tally, readTime: time.read, onLeftOut })
  }
  const asked = measuresOf(options.columns ?? {})
  checkCorrections(options, asked)
  const tally = emptyTally(options.corrections === true ? [...asked, REVISION] : asked)
  const outcome: ImportOutcome = {
    tally,
    leftOut: new Set(),
    ambiguousTimes: 0,
    status: 'complete',
    stored: 0,
    archived: false,
    isDryRun: options.dryRun === true,
  }
  if (outcome.isDryRun) await read({ add: () => undefined, finish: () => undefined }, async () => undefined, tally)
  else {
    await withHub(config.hub, context, async (hub) => {
      Object.assign(outcome, await importInto(hub, { source, options, config, context, read, tally }))
    })
  }
  outcome.ambiguousTimes = time.ambiguous()
  if (context.signal.aborted && !outcome.archived) outcome.status = 'stopped'
  if (context.json()) context.terminal.print(JSON.stringify(describeImport(outcome).object))
  else context.terminal.print(describeImport(outcome).text)
  context.exitWith(exitCodeOf(outcome))
}

/** @throws FleetError `usage.invalid` when the input says revisions of its own */
const checkCorrections = ({ corrections }: ImportOptions, measures: readonly string[]): void => {
  if (corrections !== true || !measures.includes(REVISION)) return
  throw new FleetError(
    'usage.invalid',
    `--corrections gives every row its revision: leave ${REVISION} out of --columns, or leave --corrections out`,
  )
}

/** An import of no row is a failure; rejected rows are not a failure, they are listed. */
const exitCodeOf = ({ tally, status }: ImportOutcome): number => {
  if (status === 'stopped') return INTERRUPTED
  return tally.rows === 0 ? 1 : 0
}

const sourceOf = (file: string): Source => {
  if (file === '-') return { chunks: (signal) => addAbortSignal(signal, process.stdin) }
  const path = file
  try {
    const { size } = statSync(path)
    return { path, bytes: size, chunks: (signal) => createReadStream(path, { highWaterMark: READ_BYTES, signal }) }
  } catch (cause) {
    throw new FleetError('usage.invalid', `${file} can't be read`, { cause })
  }
}

interface Reading {
  readonly source: Source
  readonly options: ImportOptions
  readonly config: Config
  readonly context: CommandContext
  readonly tally: ImportTally
}

const readInto = async (
  sink: RowSink,
  {
    source,
    options,
    config,
    context,
    pause,
    tally,
    readTime,
    onLeftOut,
  }: Reading & {
    pause: () => Promise<void>
    readTime: ReturnType<typeof createTimeReader>['read']
    onLeftOut: (leftOut: ReadonlySet<string>) => void
  },
): Promise<void> => {
  const { terminal, signal } = context
  const bar = createProgress({ title: 'reading', total: source.bytes, isWatched: terminal.isWatched })
  const rejects = createRejects({ path: options.rejects, say: terminal.say })
  let bytes = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.chunks(signal)) {
      bytes += chunk.length
      yield chunk
    }
  }
  const asked = options.columns ?? {}
  const measures = measuresOf(asked)
  const rows = readRows(readLines(counted()), {
    asked,
    constant: options.vehicleId === undefined ? [] : ['vehicle_id'],
    delimiter: options.delimiter,
    hasHeader: options.header,
    format: options.format,
    onLeftOut,
  })
  try {
    await importRows(rows, tally, {
      settings: {
        readTime,
        speedUnit: options.speedUnit,
        vehicleId: options.vehicleId,
        vehicleType: options.vehicleType ?? 'unknown',
        latestMs: Date.now() + config.collector.futureToleranceMs,
        ...(measures.length === 0 ? {} : { readMeasures: createMeasureReader(measures) }),
      },
      deriver: createMotionDeriver({ maxGapMs: MAX_GAP_MS, maxVehicles: MAX_VEHICLES }),
      nextRevision: options.corrections === true ? createRevisions(Date.now()) : undefined,
      sink,
      reject: rejects.reject,
      pause: async () => {
        bar.update(bytes, `${humanBytes(bytes)} · ${plural(tally.rows, 'row')}`)
        await rejects.pause()
        await pause()
      },
      signal,
    }).catch((error: unknown) => {
      if (!isAbort(error)) throw error
    })
    await rejects.close()
  } catch (error) {
    if (error instanceof FleetError) throw error
    throw new FleetError('import.invalid', `the input can't be read: ${reasonOf(error)}`, { cause: error })
  } finally {
    bar.stop()
  }
}

interface Importing extends Reading {
  readonly read: (sink: RowSink, pause: () => Promise<void>, tally: ImportTally) => Promise<void>
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

const importInto = async (
  hub: Hub,
  { source, options, config, context, read, tally }: Importing,
): Promise<Pick<ImportOutcome, 'stored' | 'archived'>> => {
  const { terminal, signal } = context
  const inUse = await partitionsOf(hub)
  const partitions = inUse.length > 0 ? inUse : await provision(hub, config, { warn: terminal.say })
  const { by, geohashLength } = config.partitioning
  const shape = { ...options, rejects: '', wait: true, partitions, by, geohashLength, BATCH_ROWS, MAX_GAP_MS }
  const run = await nameOf(source, shape, context)
  if (run === undefined) return { stored: 0, archived: false }
  const publisher = createMovePublisher(hub, {
    run,
    agent: 'import',
    partitions,
    queueBytes: config.generator.queueBytes,
    duplicateWindowMs: await duplicateWindowOf(hub, partitions),
    digestOf: digestOfPayload,
    onState: ({ partition, state, reason }) => {
      if (state === 'full') terminal.say(`partition ${partition} is full: waiting for the archive to catch up`)
      if (state === 'unknown')
        terminal.say(
          `partition ${partition}: ${reason}; it is not known whether the message was stored, so it is sent again`,
        )
    },
  })
  try {
    await read(
      createPartitionSink(publisher, { partitions, by, geohashLength, batchRows: BATCH_ROWS }),
      roomOf(publisher, { partitions, signal }),
      tally,
    )
    const streams = await drainWithin(publisher, { signal, graceMs: STOP_DRAIN_MS })
    const { rows: stored } = publisher.stats()
    if (streams === undefined || !options.wait || tally.rows === 0 || signal.aborted) return { stored, archived: false }
    return { stored, archived: await archive(hub, streams, context) }
  } finally {
    publisher.close()
  }
}

const roomOf =
  (publisher: MovePublisher, { partitions, signal }: { partitions: readonly number[]; signal: AbortSignal }) =>
  async (): Promise<void> => {
    if (!partitions.every((partition) => publisher.room(partition))) await orAborted(publisher.whenRoom(), signal)
  }

/** @returns undefined when aborted */
const nameOf = async (
  { path, bytes }: Source,
  shape: unknown,
  { terminal, signal }: CommandContext,
): Promise<string | undefined> => {
  if (path === undefined) return randomImportName()
  const bar = createProgress({ title: 'checking', total: bytes, isWatched: terminal.isWatched })
  let done = 0
  try {
    return await nameOfImport(path, {
      shape,
      onBytes: (more) => bar.update((done += more), humanBytes(done)),
      signal,
    })
  } catch (cause) {
    throw new FleetError('import.invalid', `${path} can't be read`, { cause })
  } finally {
    bar.stop()
  }
}

const archive = async (
  hub: Hub,
  streams: readonly StreamPosition[],
  { terminal, signal }: CommandContext,
): Promise<boolean> => {
  const bar: Progress = createProgress({ title: 'archiving', total: streams.length, isWatched: terminal.isWatched })
  let isTold = false
  try {
    return await flushStreams(hub, streams, {
      signal,
      onWaiting: ({ partitions, unowned }) => {
        const done = streams.length - partitions.length
        bar.update(done, `${done} of ${plural(streams.length, 'partition')}`)
        if (unowned.length > 0 && !isTold)
          terminal.say(
            'waiting for a collector: is one running? Ctrl-C ends the wait; what is in the hub is archived later',
          )
        isTold ||= unowned.length > 0
      },
    })
  } finally {
    bar.stop()
  }
}
