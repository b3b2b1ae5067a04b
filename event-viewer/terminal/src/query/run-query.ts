import { FleetError } from '@fleetlake/core'
import { type Positions } from '@fleetlake/columnar'
import {
  askLatest,
  type AskOptions,
  askVehicles,
  type Hub,
  type LatestQueryInput,
  recordExport,
  type VehicleAnswer,
  type VehicleOutcome,
  type VehicleQueryInput,
} from '@fleetlake/hub'
import {
  type AnswerFormat,
  createCadenceCollector,
  describeAnswer,
  FORMAT_TRAITS,
  type FormatName,
  type FormatOptions,
  gapsFacts,
  gapsText,
  type GapsUsed,
  type KnownCadences,
  openFormat,
} from '@fleetlake/viewer-core'
import type { CommandContext } from '../commands/context.ts'
import { sortRows } from '../sort/sort-rows.ts'
import { createProgress } from '../terminal/progress.ts'
import { withHub } from '../terminal/with-hub.ts'
import { createSearchProgress, PROGRESS_TOTAL } from './answer-rows.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { fileOutput, type Output, standardOutput } from './output.ts'

export interface QueryTarget {
  /** Standard output when missing. */
  readonly output: string | undefined
  /** Whether progress is printed though standard error is not a terminal. */
  readonly progress: boolean
  /** Whether what is written wants its rows by vehicle and time. */
  readonly isSorted: boolean
  /** In what the found positions leave; missing where they do not. */
  readonly exportedAs?: FormatName
  /** @param cadences filled when the first row comes, if rows come by vehicle and time */
  open(cadences: KnownCadences): Promise<AnswerFormat>
}

/** What is asked. */
export type Asked = { readonly query: VehicleQueryInput } | { readonly latest: LatestQueryInput }

/** What is asked, and what is made of the answer. */
export type AnswerPlan = Asked & {
  /** What becomes of the rows that are found; they stay as they are when missing. */
  readonly through?: (rows: AsyncIterable<Positions>, cadences: KnownCadences) => AsyncIterable<Positions>
  /** How the answer ended, once all is written: for people, and for machines. */
  readonly describe?: (outcome: VehicleOutcome) => { readonly sentence: string; readonly facts: object }
}

/** @throws FleetError `usage.invalid` for bytes that would go to a terminal */
export const formatTarget = (
  name: FormatName,
  { output, progress, ...options }: FormatOptions & { readonly output: string | undefined; readonly progress: boolean },
): QueryTarget => {
  const { isBinary, isByVehicle } = FORMAT_TRAITS[name]
  if (isBinary && output === undefined && process.stdout.isTTY === true) {
    throw new FleetError('usage.invalid', `${name} is a binary format: use --output <file>, or a pipe`)
  }
  return {
    output,
    progress,
    isSorted: isByVehicle,
    exportedAs: name,
    open: (cadences) => openFormat(name, { ...options, cadences }),
  }
}

/** Sends the query, writes the answer as it arrives, and reports its end. A slow reader slows the finders down; nothing piles up here. */
export const runQuery = async (plan: AnswerPlan, target: QueryTarget, context: CommandContext): Promise<void> => {
  const { stdout } = context
  const output = target.output === undefined ? standardOutput(stdout) : fileOutput(target.output)
  const signal = target.output === undefined ? AbortSignal.any([context.signal, stdout.closed]) : context.signal
  try {
    const ended = await withHub(context.config(), { ...context, signal }, async (hub) => {
      const written = await writeAnswer(hub, plan, { output, target, signal, context })
      if (!output.isClosed()) await end(hub, written, { output, target, context })
      return written
    })
    // The reader has what it wanted: `fleet query … | head`.
    if (!output.isClosed()) tell(ended, plan, context)
  } catch (error) {
    await output.discard()
    throw error
  }
}

interface Written {
  /** Its id. */
  readonly query: string
  readonly outcome: VehicleOutcome
  /** What counted as a gap, if the format shows gaps. */
  readonly gaps: GapsUsed | undefined
}

interface Ending {
  readonly output: Output
  readonly target: QueryTarget
  readonly context: CommandContext
}

interface Writing extends Ending {
  readonly signal: AbortSignal
}

/** Invariant: that positions leave is recorded before they do: of a file before it is there, else before the first of them. */
const recordLeaving = async (
  hub: Hub,
  { exportedAs: format }: QueryTarget,
  exported: { readonly query: string; readonly rows?: number },
): Promise<void> => {
  if (format !== undefined) await recordExport(hub, { ...exported, format })
}

const ask = (hub: Hub, asked: Asked, options: AskOptions): VehicleAnswer =>
  'latest' in asked ? askLatest(hub, asked.latest, options) : askVehicles(hub, asked.query, options)

const writeAnswer = async (
  hub: Hub,
  plan: AnswerPlan,
  { output, target, signal, context: { terminal } }: Writing,
): Promise<Written> => {
  const cadences = createCadenceCollector()
  const format = await target.open(cadences.known)
  const isScreenFree = target.output !== undefined || process.stdout.isTTY !== true
  const isWatched = terminal.isWatched && isScreenFree
  const say = target.progress ? terminal.say : undefined
  const bar = createProgress({ title: 'searching', total: PROGRESS_TOTAL, isWatched, say })
  const progress = createSearchProgress(bar)
  try {
    const answer = ask(hub, plan, { signal, onProgress: progress.hear })
    // Of rows that leave as they come nothing is held.
    const isHeld = target.isSorted || plan.through !== undefined
    const found = progress.pass(answer, isHeld ? cadences.add : undefined)
    const made = plan.through === undefined ? found : plan.through(found, cadences.known)
    await output.write(format.head())
    let isRecorded = target.output !== undefined
    for await (const rows of target.isSorted ? sortRows(made) : made) {
      if (target.isSorted) bar.retitle('writing')
      if (!isRecorded) await recordLeaving(hub, target, { query: answer.query })
      isRecorded = true
      await output.write(format.rows(rows))
      // Sorted rows come after the search has ended: the rest of a cancelled search is not written.
      if (output.isClosed() || (target.isSorted && signal.aborted)) break
    }
    const outcome = await answer.outcome
    await output.write(format.tail(outcome.status))
    return { query: answer.query, outcome, gaps: format.gaps?.() }
  } finally {
    bar.stop()
  }
}

/** A file does not say what it misses: only a complete answer gets the name that was asked for. */
const end = async (hub: Hub, { query, outcome }: Written, { output, target, context }: Ending): Promise<void> => {
  const { status, rows } = outcome
  if (status === 'cancelled' || status === 'refused') return output.discard()
  if (target.output !== undefined) await recordLeaving(hub, target, { query, rows })
  if (EXIT_CODES[status] === 0) return void (await output.keep())
  const name = await output.keep('.partial')
  if (name !== undefined) context.terminal.say(`the incomplete answer is in ${name}`)
}

const asItIs = (outcome: VehicleOutcome): { sentence: string; facts: object } => ({
  sentence: describeAnswer(outcome),
  facts: { ...outcome, stats: outcome.stats ?? null },
})

const tell = (
  { outcome, gaps }: Written,
  { describe = asItIs }: AnswerPlan,
  { terminal, json, exitWith }: CommandContext,
): void => {
  const code = EXIT_CODES[outcome.status]
  exitWith(code)
  const { sentence, facts } = describe(outcome)
  if (json()) return terminal.say(JSON.stringify(gaps === undefined ? facts : { ...facts, gaps: gapsFacts(gaps) }))
  const line = gaps === undefined ? sentence : `${sentence}; ${gapsText(gaps)}`
  terminal.say(line, code === 0 ? undefined : 'yellow')
}
