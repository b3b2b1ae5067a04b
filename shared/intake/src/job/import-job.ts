import { FleetError, reasonOf } from '@fleetlake/core'
import { type Cursor, START } from '../formats/block.ts'
import type { ReadOptions } from '../formats/format.ts'
import type { InputReading } from '../rows/input-reading.ts'
import type { BlockTaker } from '../rows/take-block.ts'
import type { Tally } from '../rows/tally.ts'
import type { JobProgress, JobRecord } from './job-record.ts'
import type { KeptRefusals } from './kept-refusals.ts'
import type { OpenedInput } from './opened-input.ts'
import type { RowSink } from './partition-sink.ts'
import type { Readings } from './readings.ts'

/** What an import is made of. All parts are given, so that a dry run and a real one are one flow. */
export interface ImportJob {
  /** In order; one that can't be opened is a fault, which costs itself only unless it is the only one. */
  readonly inputs: AsyncIterable<OpenedInput | FleetError>
  readonly options: Omit<ReadOptions, 'from' | 'blockBytes' | 'signal' | 'neededOf'>
  readonly taker: BlockTaker
  readonly sink: RowSink
  readonly tally: Tally
  readonly record: JobRecord
  readonly refusals: Pick<KeptRefusals, 'extent' | 'flush'>
  /** How the blocks of an input are read, decided over its first block. */
  readonly readings: Readings
  /** Told before an input is read, or found to be unreadable. @param before inputs that are done, in runs before too */
  readonly onInput: (opened: OpenedInput | FleetError, before: number) => void
  /** Told what a person should know of how rows were read. */
  readonly onNote: (sentence: string) => void
  /** Awaited after each block: where a full hub holds the reading up, and progress is told. Ends at once when aborted. */
  readonly pause: () => Promise<void>
  /** Resolves with whether the hub has all that was sent. */
  readonly settle: () => Promise<boolean>
  /** A file that could not be read to its end. */
  readonly onFileFault: (fault: FleetError) => void
  readonly signal: AbortSignal
  readonly nowMs: () => number
}

export interface JobOutcome {
  readonly status: 'complete' | 'stopped'
  readonly files: number
  readonly failedFiles: number
}

const BLOCK_BYTES = 2 * 1024 * 1024
/** Rows and faults of a group at least: its messages hold rows of it only, and what is resumed begins with one. */
const GROUP_ROWS = 24_000
/** Between two savings of the record: what is read twice after a crash. */
const SAVE_MS = 2_000

/**
 * Reads inputs into the sink. Invariants: every row of every input is given to the sink or refused with its reason; groups, and so messages and their names, depend on the inputs and their order alone;
 * the record names a place only when the hub has all that lies before it.
 * @param resumed what the record said; its place is where reading goes on
 * @throws FleetError what makes the import of the only file impossible, and whatever the sink or the hub throws
 */
export const runImportJob = async (
  job: ImportJob,
  resumed?: { files: number; cursor?: Cursor | undefined; failedFiles: number },
): Promise<JobOutcome> => {
  const { inputs, sink, tally, record, signal, nowMs } = job
  let files = 0
  let failedFiles = resumed?.failedFiles ?? 0
  let onlyFault: FleetError | undefined
  let groupRows = 0
  let savedMs = nowMs()

  /** But for the vehicles, which are those that were marked last. */
  const progress = (cursor: Cursor | undefined, status: JobProgress['status'] = 'running'): JobProgress => ({
    status,
    files,
    cursor,
    tally: structuredClone(tally),
    failedFiles,
    readings: job.readings.known(),
    refusals: job.refusals.extent(),
  })
  /** As it was when the group in hand began: all before it was sent. */
  let begun: JobProgress = { ...progress(resumed?.cursor), files: resumed?.files ?? 0 }

  const beginGroup = (cursor: Cursor): void => {
    groupRows = 0
    begun = progress(cursor)
    job.taker.mark()
    sink.begin(`${files}-${cursor.at}`)
  }
  /** Of what was marked last, or of the end. */
  const save = async (saved: JobProgress): Promise<void> => {
    if (!(await job.settle())) return
    try {
      await job.refusals.flush()
      await record.save(saved, saved.status === 'running' ? job.taker.marked() : undefined)
    } catch (cause) {
      // Not the file's fault, as others of the disk are.
      throw new FleetError('store.failed', `how far the import is can't be noted: ${reasonOf(cause)}`, { cause })
    }
    savedMs = nowMs()
  }
  const endGroup = async (cursor: Cursor): Promise<void> => {
    sink.finish()
    beginGroup(cursor)
    if (nowMs() - savedMs >= SAVE_MS) await save(begun)
  }
  const readFile = async (opened: OpenedInput, from: Cursor): Promise<void> => {
    try {
      await readBlocks(opened, from)
    } catch (error) {
      // A format only sees that its input breaks off.
      throw (isAbort(error) ? undefined : opened.input.fault?.()) ?? error
    }
    const fault = opened.input.fault?.()
    if (fault !== undefined) throw fault
  }
  const readBlocks = async (opened: OpenedInput, from: Cursor): Promise<void> => {
    const { input, format } = opened
    let reading: { readonly names: readonly string[]; readonly by: InputReading } | undefined
    const neededOf: ReadOptions['neededOf'] = (form) => job.readings.neededOf(format, form)
    const options: ReadOptions = { ...job.options, from, blockBytes: BLOCK_BYTES, signal, neededOf }
    for await (const block of format.read(input, options)) {
      if (block.rows > 0 && reading?.names !== block.names)
        reading = { names: block.names, by: job.readings.readingOf(opened, block) }
      if (reading !== undefined) job.taker.take(block, reading.by)
      else job.taker.refuse(block.faults)
      for (const note of block.notes ?? []) job.onNote(note)
      groupRows += block.rows + block.faults.length
      await job.pause()
      if (signal.aborted) return
      if (groupRows >= GROUP_ROWS) await endGroup(block.next)
    }
  }

  const first = resumed?.files ?? 0
  for await (const opened of inputs) {
    if (signal.aborted) break
    if (files < first) {
      files++
      continue
    }
    const from = files === first ? (resumed?.cursor ?? START) : START
    if (files === first) beginGroup(from)
    try {
      job.onInput(opened, files)
      if (opened instanceof FleetError) throw opened
      await readFile(opened, from)
    } catch (error) {
      if (isAbort(error)) break
      const fault = faultOfFile(error)
      if (fault === undefined) throw error
      failedFiles++
      onlyFault = fault
      job.onFileFault(fault)
    }
    if (signal.aborted) break
    files++
    if (groupRows >= GROUP_ROWS) await endGroup(START)
  }
  if (signal.aborted) {
    await save(begun)
    return { status: 'stopped', files, failedFiles }
  }
  sink.finish()
  if (files === 1 && onlyFault !== undefined) {
    await save(begun)
    throw onlyFault
  }
  await save(progress(undefined, 'complete'))
  // What was read may have been given up with the rest.
  return { status: signal.aborted ? 'stopped' : 'complete', files, failedFiles }
}

/** What is wrong with a file ends that file; everything else ends the import. */
const faultOfFile = (error: unknown): FleetError | undefined => {
  if (error instanceof FleetError) return error.code === 'import.invalid' ? error : undefined
  const isOfFile = error instanceof Error && 'code' in error && 'syscall' in error
  return isOfFile ? new FleetError('import.invalid', `the input can't be read: ${reasonOf(error)}`) : undefined
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
