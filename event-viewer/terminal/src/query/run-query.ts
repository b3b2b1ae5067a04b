import { humanCount, plural, describeAnswer, createFormat, type FormatName } from '@fleetlake/viewer-core'
import { EXIT_CODES } from './exit-codes.ts'
import { askVehicles, type Hub, type VehicleOutcome, type VehicleQueryInput } from '@fleetlake/hub'
import type { CommandContext } from '../commands/context.ts'
import { createProgress } from '../terminal/progress.ts'
import { styled } from '../terminal/terminal.ts'
import { withHub } from '../terminal/with-hub.ts'
import { fileOutput, standardOutput, type TextOutput } from './text-output.ts'

export interface QueryTarget {
  readonly format: FormatName
  /** Standard output when missing. */
  readonly output: string | undefined
}

/** Asks, writes what comes as it comes, and tells how it ended. Reading slowly slows the finders down; nothing piles up here. */
export const runQuery = async (
  query: VehicleQueryInput,
  target: QueryTarget,
  context: CommandContext,
): Promise<void> => {
  const closed = new AbortController()
  const output = target.output === undefined ? standardOutput(() => closed.abort()) : fileOutput(target.output)
  const signal = AbortSignal.any([context.signal, closed.signal])
  try {
    const outcome = await withHub(context.config().hub, { ...context, signal }, (hub) =>
      writeAnswer(hub, query, { output, target, signal, context }),
    )
    // Whoever read has what they wanted: `fleet query … | head`.
    if (output.isClosed()) return
    tell(outcome, context)
  } catch (error) {
    await output.discard()
    throw error
  }
}

interface Writing {
  readonly output: TextOutput
  readonly target: QueryTarget
  readonly signal: AbortSignal
  readonly context: CommandContext
}

const writeAnswer = async (
  hub: Hub,
  query: VehicleQueryInput,
  { output, target, signal, context }: Writing,
): Promise<VehicleOutcome> => {
  const format = createFormat(target.format)
  const isScreenFree = target.output !== undefined || process.stdout.isTTY !== true
  const bar = createProgress({ title: 'searching', total: 1000, isWatched: context.terminal.isWatched && isScreenFree })
  try {
    const answer = askVehicles(hub, query, {
      signal,
      onProgress: ({ rows: { total, read, selected } }) =>
        bar.update(
          total === 0 ? 0 : (1000 * read) / total,
          `${plural(selected, 'position')} of ${humanCount(read)} read`,
        ),
    })
    await output.write(format.head())
    for await (const { rows } of answer) {
      await output.write(format.rows(rows))
      if (output.isClosed()) break
    }
    const outcome = await answer.outcome
    await output.write(format.tail(outcome.status))
    await end(output, outcome, context)
    return outcome
  } finally {
    bar.stop()
  }
}

/** A file says nothing of what it misses: only a whole answer gets the name that was asked for. */
const end = async (output: TextOutput, { status }: VehicleOutcome, { terminal }: CommandContext): Promise<void> => {
  if (EXIT_CODES[status] === 0) return void (await output.keep())
  if (status === 'cancelled' || status === 'refused') return output.discard()
  const name = await output.keep('.partial')
  if (name !== undefined) terminal.say(`what came is in ${name}`)
}

const tell = (outcome: VehicleOutcome, { terminal, json, exitWith }: CommandContext): void => {
  const code = EXIT_CODES[outcome.status]
  exitWith(code)
  if (json()) terminal.say(JSON.stringify({ ...outcome, stats: outcome.stats ?? null }))
  else terminal.say(code === 0 ? describeAnswer(outcome) : styled('yellow', describeAnswer(outcome)))
}
