import { basename, join } from 'node:path'
import { REVISION } from '@fleetlake/columnar'
import type { Config, StreamPosition } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { flushStreams, type Hub, lookAtStream, partitionsOf, provideStreams } from '@fleetlake/hub'
import type {
  HubImport,
  ImportHooks,
  ImportProgress,
  ImportRequest,
  ImportResult,
  Mapping,
  Preview,
} from './importer.ts'
import { type HubOutlet, openHubOutlet } from './job/hub-outlet.ts'
import { type JobOutcome, runImportJob } from './job/import-job.ts'
import type { OpenedInput } from './job/opened-input.ts'
import { nameOfJob, randomJobName } from './job/job-name.ts'
import { forgetOldRecords, type JobRecord, noRecord, openJobRecord, type SavedJob } from './job/job-record.ts'
import { type KeptRefusals, noRefusals, openKeptRefusals } from './job/kept-refusals.ts'
import { createPartitionSink, type RowSink } from './job/partition-sink.ts'
import { createReadings } from './job/readings.ts'
import { createStatusReporter } from './job/report-status.ts'
import { createRevisions } from './job/revisions.ts'
import { measuresOf } from './fields/parse-mapping.ts'
import { checkZone } from './fields/plan-fields.ts'
import { createBlockTaker } from './rows/take-block.ts'
import { emptyTally, type Tally } from './rows/tally.ts'
import type { ImportSettings } from './settings.ts'
import { type ListedFile, listFiles } from './sources/list-files.ts'
import { openFiles } from './sources/open-files.ts'
import type { OpenedFiles } from './sources/opened-files.ts'
import { parseVehiclePattern } from './sources/vehicle-pattern.ts'

/** Sentences on how rows were read that are told. */
const MOST_NOTES = 100

/** Between two reports of how far it is: files may be many and small. */
const TELL_MS = 50

/** Rows of a message at most. */
const BATCH_ROWS = 1_200

const noSink: RowSink = { add: () => undefined, begin: () => undefined, finish: () => undefined }

/**
 * What an import of these files would do, from the first rows of the first file.
 * @throws FleetError `usage.invalid`, or `import.invalid` when there is nothing to read
 */
export const previewImport = async ({ files, settings, signal }: ImportRequest): Promise<Preview> => {
  const opened = await openFiles(files, { settings, signal })
  let mapping: Mapping | undefined
  let fields: readonly string[] = []
  const readings = createReadings({ settings, nowMs: Date.now(), onMapping: (found) => (mapping = found) })
  try {
    for await (const input of opened.inputs) {
      if (input instanceof FleetError) throw input
      for await (const block of input.format.read(input.input, { ...readOptionsOf(settings), ...FIRST, signal })) {
        if (block.rows === 0) continue
        fields = block.names
        readings.readingOf(input, block)
        return { fields, mapping }
      }
      const fault = input.input.fault?.()
      if (fault !== undefined) throw fault
    }
    throw new FleetError('import.invalid', 'there is no row in it')
  } catch (error) {
    if (error instanceof FleetError && error.code === 'import.invalid') return { fields, question: error.message }
    throw error
  } finally {
    await opened.close()
  }
}

const FIRST = { from: { at: 0, place: 1 }, blockBytes: 256 * 1024 } as const

/**
 * What can be told of a request before anything is opened.
 * @returns the files, for `listed`
 * @throws FleetError `usage.invalid`
 */
export const checkImport = async ({
  files,
  settings,
}: Pick<ImportRequest, 'files' | 'settings'>): Promise<readonly ListedFile[]> => {
  checkCorrections(settings, measuresOf(settings.columns ?? {}))
  checkZone(settings.timezone)
  if (settings.vehicleIdFrom !== undefined) parseVehiclePattern(settings.vehicleIdFrom)
  return listFiles(files)
}

/** Everything but the hub: what it would store, and every row that it would refuse. */
export const tryImport = async (request: ImportRequest & { readonly config: Config }): Promise<ImportResult> => {
  const opened = await openFiles(request.files, request)
  try {
    const parts = partsOf(request, opened)
    const outcome = await runImportJob({
      ...parts.job,
      sink: noSink,
      taker: parts.takerInto(noSink),
      record: noRecord,
      refusals: noRefusals,
      pause: parts.pause,
      settle: async () => true,
    })
    return parts.resultOf(outcome, { job: '', stored: 0, archived: false })
  } finally {
    await opened.close()
  }
}

/**
 * Imports files: every good row is in the hub, and in the archive if that is waited for, when it resolves as complete. It may be stopped or die at any time: imported again, it goes on behind what was
 * surely stored; what is stored twice all the same are duplicates, of which compaction keeps one.
 * @throws FleetError `usage.invalid`; `import.invalid` when the only file can't be read to its end; `publish.…`, `hub.closed`. What was stored until then stays stored, and the record says how far that is.
 */
export const importIntoHub = async (request: HubImport): Promise<ImportResult> => {
  const { hub, config, settings, signal, hooks = {} } = request
  const opened = await openFiles(request.files, request)
  const startedAtMs = Date.now()
  const inUse = await partitionsOf(hub)
  const say = hooks.say ?? (() => undefined)
  const partitions = inUse.length > 0 ? inUse : await provideStreams(hub, config, { warn: say, signal })
  const { by, geohashLength } = config.partitioning
  const identity = opened.shape === undefined ? undefined : (request.identity ?? opened.shape)
  // Streams of another hub, and those that were made again, hold nothing of what a record says.
  const streamsMadeAt = await Promise.all(partitions.map(async (each) => (await lookAtStream(hub, each)).created))
  const job =
    identity === undefined
      ? randomJobName()
      : nameOfJob({ files: identity, settings, partitions, streamsMadeAt, by, geohashLength, BATCH_ROWS })
  request.onJob?.(job)
  const { record, refusalsAfter } = await recordOf(request, opened, job)
  const known = await record.load()
  const saved = request.restart === true ? undefined : known
  const resumed = saved?.status === 'running' ? saved : undefined
  const refusals = await refusalsAfter(resumed)
  const outlet = await openHubOutlet(hub, { job, partitions, config, signal, say })
  const parts = partsOf(request, opened, { resumed, outlet, refusals })
  const sink = createPartitionSink(outlet, { partitions, by, geohashLength, batchRows: BATCH_ROWS })
  const reporter = createStatusReporter(hub, { job, name: basename(request.files[0]), startedAtMs, nowMs: Date.now })
  const before = resumed?.tally.rows ?? 0
  const stored = (): number => before + outlet.stored()
  if (resumed !== undefined) sayThatItGoesOn(resumed, request)
  else if (saved !== undefined)
    say(
      `these files were imported on ${saved.updatedAt}: their rows are stored again, and compaction keeps one of each`,
    )
  let streams: StreamPosition[] | undefined
  let isComplete = false
  let phase: 'reading' | 'archiving' = 'reading'
  const report = (): void => reporter.tell(() => parts.progress(phase, stored()))
  // Also while nothing comes on, since the hub has no room.
  const reporting = setInterval(report, REPORT_MS)
  try {
    if (resumed !== undefined) await tellEarlierRefusals(refusals, resumed, hooks)
    const outcome = await runImportJob(
      {
        ...parts.job,
        sink,
        taker: parts.takerInto(sink),
        record,
        refusals,
        pause: async () => {
          report()
          await outlet.whenRoom()
          await parts.pause()
        },
        settle: async () => {
          streams = await outlet.settle()
          return streams !== undefined
        },
      },
      resumed,
    )
    isComplete = outcome.status === 'complete'
    phase = 'archiving'
    const isArchived =
      request.wait && outcome.status === 'complete' && streams !== undefined && stored() > 0
        ? await archive(hub, streams, { signal, say, endWait: request.advice?.endWait })
        : false
    const isGivenUp = request.wait && signal.aborted && !isArchived
    const ended: JobOutcome = isGivenUp ? { ...outcome, status: 'stopped' } : outcome
    const result = parts.resultOf(ended, {
      job,
      stored: stored(),
      archived: isArchived,
      resumed: resumed && {
        updatedAt: resumed.updatedAt,
        rows: before,
        knowsVehicles: resumed.vehicles !== undefined,
      },
    })
    reporter.end(parts.progress(result.status, stored()))
    return result
  } catch (error) {
    reporter.end(parts.progress('failed', stored()), error instanceof FleetError ? error.message : reasonOf(error))
    throw withWhatIsStored(error, { stored: stored(), isRepeatable: opened.shape !== undefined })
  } finally {
    clearInterval(reporting)
    outlet.close()
    await refusals.close(isComplete)
    await opened.close()
    await hub.flush().catch(() => undefined)
  }
}

const sayThatItGoesOn = ({ updatedAt, tally, vehicles }: SavedJob, { advice, hooks }: HubImport): void => {
  const restart = advice?.restart === undefined ? '' : ` (${advice.restart})`
  hooks?.say?.(`an import of these files ended on ${updatedAt} after ${tally.rows} rows: it goes on there${restart}`)
  if (vehicles === undefined && tally.rows > 0)
    hooks?.say?.(
      `where its vehicles were by then is not known: where speed and heading are derived, the next row of each of the ${tally.vehicles} vehicles has none`,
    )
}

/** What is told of refused rows is of all runs, as the counts are. */
const tellEarlierRefusals = async (
  refusals: KeptRefusals,
  { tally }: SavedJob,
  { onRefused, onRefusedUnkept, whenKept }: ImportHooks,
): Promise<void> => {
  let told = 0
  for await (const row of refusals.earlier()) {
    onRefused?.(row)
    if (++told % TOLD_AT_ONCE === 0) await whenKept?.()
  }
  if (told < tally.refused) onRefusedUnkept?.(tally.refused - told)
}

const TOLD_AT_ONCE = 1_000
/** The hub is told each second. */
const REPORT_MS = 500

/** What is true of the rows that were stored before a fault ended the import is part of what is said. */
const withWhatIsStored = (
  error: unknown,
  { stored, isRepeatable }: { readonly stored: number; readonly isRepeatable: boolean },
): unknown => {
  if (!(error instanceof FleetError) || error.code === 'usage.invalid') return error
  const next =
    error.code === 'import.invalid' || !isRepeatable
      ? 'when they are imported once more they are stored twice, and compaction keeps one of each'
      : 'the same import, made again, goes on behind what is surely stored'
  const told = stored === 0 ? 'nothing was stored' : `${stored} rows are stored: ${next}`
  return new FleetError(error.code, `${error.message} (${told})`)
}

const readOptionsOf = ({ delimiter, hasHeader, skipLines, path, table }: ImportSettings) => ({
  delimiter,
  hasHeader,
  skipLines,
  path,
  table,
})

interface Records {
  readonly record: JobRecord
  /** The refused rows beside it, of an import that goes on behind those of before. */
  readonly refusalsAfter: (resumed: SavedJob | undefined) => Promise<KeptRefusals>
}

const recordOf = async ({ records, files }: HubImport, opened: OpenedFiles, job: string): Promise<Records> => {
  if (records === undefined || opened.shape === undefined || files.includes('-'))
    return { record: noRecord, refusalsAfter: async () => noRefusals }
  await forgetOldRecords(records, Date.now())
  return {
    record: openJobRecord(records, job),
    refusalsAfter: (resumed) =>
      openKeptRefusals(join(records, `${job}.refused`), {
        before: resumed && { refused: resumed.tally.refused, kept: resumed.refusals },
      }),
  }
}

interface Archiving {
  readonly signal: AbortSignal
  readonly say: (sentence: string) => void
  readonly endWait: string | undefined
}

const archive = (
  hub: Hub,
  streams: readonly StreamPosition[],
  { signal, say, endWait }: Archiving,
): Promise<boolean> => {
  let isTold = false
  return flushStreams(hub, streams, {
    signal,
    onWaiting: ({ unowned }) => {
      if (unowned.length > 0 && !isTold)
        say(
          `waiting for a collector: is one running? ${endWait === undefined ? '' : `${endWait}; `}what is in the hub is archived later`,
        )
      isTold ||= unowned.length > 0
    },
  })
}

interface Given {
  /** The import that goes on. */
  readonly resumed?: SavedJob | undefined
  readonly outlet?: HubOutlet | undefined
  readonly refusals?: KeptRefusals
}

/** The parts of an import that do not depend on where its rows go. */
const partsOf = (request: ImportRequest & { readonly config: Config }, opened: OpenedFiles, given: Given = {}) => {
  const { settings, signal, config, hooks = {} } = request
  const startedMs = Date.now()
  const measures = measuresOf(settings.columns ?? {})
  const tally: Tally =
    given.resumed?.tally ?? emptyTally(settings.corrections === true ? [...measures, REVISION] : measures)
  const mappings: Mapping[] = []
  const readings = createReadings({
    settings,
    nowMs: startedMs,
    known: given.resumed?.readings,
    onMapping: (mapping) => {
      mappings.push(mapping)
      hooks.onMapping?.(mapping)
    },
  })
  const notes = new Set<string>()
  let filesBegun = given.resumed?.files ?? 0
  let filesFailed = given.resumed?.failedFiles ?? 0
  let [file, counts] = ['', 'line']
  let toldMs = -Infinity

  const progress = (status: ImportProgress['status'], stored: number): ImportProgress => ({
    status,
    files: Math.max(opened.files, filesBegun),
    filesDone: status === 'reading' ? Math.max(0, filesBegun - 1) : filesBegun,
    filesFailed,
    bytes: opened.bytes,
    bytesDone: opened.bytesDone(),
    rows: tally.rows,
    stored,
    refused: tally.refused,
    elapsedMs: Date.now() - startedMs,
    note: given.outlet?.note(),
  })
  return {
    progress,
    job: {
      inputs: opened.inputs,
      options: readOptionsOf(settings),
      tally,
      readings,
      onInput: (input: OpenedInput | FleetError, before: number) => {
        filesBegun = before + 1
        if (input instanceof FleetError) return
        file = input.input.name
        counts = input.format.counts
      },
      onNote: (sentence: string) => {
        if (notes.has(sentence) || notes.size >= MOST_NOTES) return
        notes.add(sentence)
        hooks.say?.(`${file}: ${sentence}`)
      },
      onFileFault: (fault: FleetError) => {
        filesFailed++
        if (opened.files !== 1) hooks.say?.(fault.message)
      },
      signal,
      nowMs: Date.now,
    },
    takerInto: (sink: RowSink) =>
      createBlockTaker({
        sink,
        tally,
        refuse: (fault) => {
          const row = { ...fault, file, counts }
          given.refusals?.add(row)
          hooks.onRefused?.(row)
        },
        vehicles: given.resumed?.vehicles,
        latestMs: startedMs + config.collector.futureToleranceMs,
        vehicleType: settings.vehicleType ?? 'unknown',
        nextRevision: settings.corrections === true ? createRevisions(startedMs) : undefined,
      }),
    pause: async (): Promise<void> => {
      const now = Date.now()
      if (now - toldMs >= TELL_MS) {
        toldMs = now
        hooks.onProgress?.(progress('reading', given.outlet?.stored() ?? 0))
      }
      await hooks.whenKept?.()
    },
    resultOf: (
      { status, files, failedFiles }: JobOutcome,
      rest: Pick<ImportResult, 'job' | 'stored' | 'archived' | 'resumed'>,
    ): ImportResult => ({
      ...rest,
      status,
      tally,
      files: Math.max(opened.files, filesBegun),
      filesDone: files,
      filesFailed: failedFiles,
      mappings,
      ambiguousTimes: readings.known().ambiguousTimes,
    }),
  }
}

/** @throws FleetError `usage.invalid` when the input says revisions of its own */
const checkCorrections = ({ corrections }: ImportSettings, measures: readonly string[]): void => {
  if (corrections !== true || !measures.includes(REVISION)) return
  throw new FleetError(
    'usage.invalid',
    `--corrections gives every row its revision: leave ${REVISION} out of --columns, or leave --corrections out`,
  )
}
