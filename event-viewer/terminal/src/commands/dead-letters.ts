import { FleetError } from '@fleetlake/core'
import { findDeadLetter, type Hub, partitionsOf, readDeadLetters, type StoredLetter } from '@fleetlake/hub'
import { plural } from '@fleetlake/viewer-core'
import { type Command } from 'commander'
import { excerptOf, lineOf, rowsOfLetter, summaryOf } from '../dead-letters/describe-letter.ts'
import { replayLetter } from '../dead-letters/replay-letter.ts'
import { parsePositiveCount } from '../options.ts'
import { withHub } from '../terminal/with-hub.ts'
import { type CommandContext, examples, reads } from './context.ts'

const SHOWN = 50

export const addDeadLetters = (program: Command, context: CommandContext): void => {
  const command = program
    .command('dead-letters')
    .description('list, show or publish again what could not be archived')
    .addHelpText(
      'after',
      examples(
        ['dead-letters list', 'the newest letters and their reasons'],
        ['dead-letters show 17', 'the rows of one, each with its reason'],
        ['dead-letters replay 17 18', 'publish the rows that are valid by now; the rest stays'],
        ['dead-letters replay --all', 'all of them'],
      ),
    )
  const use = (work: (hub: Hub) => Promise<void>): Promise<void> => withHub(context.config(), context, work)

  command
    .command('list', { isDefault: true })
    .description('list the newest letters, the newest last')
    .option('--limit <count>', 'maximum number of letters', reads(parsePositiveCount), SHOWN)
    .action(async ({ limit }: { limit: number }) => use((hub) => list(hub, limit, context)))
  command
    .command('show')
    .description('show one letter: its rows, or the beginning of its message')
    .argument('<sequence>', 'number of the letter in the list', reads(parsePositiveCount))
    .action(async (sequence: number) => use(async (hub) => show(await find(hub, sequence), context)))
  command
    .command('replay')
    .description('publish letters again; rows that are valid by now are archived, invalid rows stay a letter')
    .argument('[sequences...]', 'numbers of the letters in the list')
    .option('--all', 'every letter')
    .action(async (sequences: string[], { all }: { all?: boolean }) => {
      const asked = sequences.map(reads(parsePositiveCount))
      if (all !== true && asked.length === 0) {
        throw new FleetError(
          'usage.invalid',
          'no letters are given: name their numbers from `fleet dead-letters list`, or use --all',
        )
      }
      await use((hub) => replay(hub, all === true ? undefined : asked, context))
    })
}

const find = async (hub: Hub, sequence: number): Promise<StoredLetter> => {
  const letter = await findDeadLetter(hub, sequence)
  if (letter !== undefined) return letter
  throw new FleetError('usage.invalid', `there is no dead letter ${sequence}: see \`fleet dead-letters list\``)
}

const list = async (hub: Hub, limit: number, { terminal, json }: CommandContext): Promise<void> => {
  const newest: StoredLetter[] = []
  let [letters, rows] = [0, 0]
  for await (const letter of readDeadLetters(hub)) {
    letters++
    rows += letter.rows
    newest.push(letter)
    if (newest.length > limit) newest.shift()
  }
  if (json()) return newest.forEach((letter) => terminal.print(JSON.stringify(summaryOf(letter))))
  newest.forEach((letter) => terminal.print(lineOf(letter)))
  if (letters === 0) return terminal.say('no dead letters')
  const shown = letters > newest.length ? `; the newest ${newest.length} are shown` : ''
  terminal.say(`${plural(letters, 'letter')} with ${plural(rows, 'invalid row')}${shown}`)
}

const show = async (letter: StoredLetter, { terminal, json }: CommandContext): Promise<void> => {
  const rows = rowsOfLetter(letter)
  const message = rows === undefined ? { message: excerptOf(letter) } : { rows }
  if (json())
    return terminal.print(JSON.stringify({ ...summaryOf(letter), ...(rows === undefined ? message : { bad: rows }) }))
  terminal.print(lineOf(letter))
  if (rows === undefined) terminal.print(excerptOf(letter))
  else rows.forEach((row) => terminal.print(JSON.stringify(row)))
}

const replay = async (hub: Hub, sequences: readonly number[] | undefined, context: CommandContext): Promise<void> => {
  const { terminal, signal } = context
  const { partitioning, collector } = context.config()
  const letters =
    sequences === undefined
      ? await Array.fromAsync(readDeadLetters(hub), ({ sequence }) => sequence)
      : [...new Set(sequences)]
  const partitions = await partitionsOf(hub)
  let [replayed, rows, left] = [0, 0, 0]
  for (const sequence of letters) {
    if (signal.aborted) break
    const result = await replayLetter(hub, await find(hub, sequence), {
      partitions,
      by: partitioning.by,
      geohashLength: partitioning.geohashLength,
      latestMs: Date.now() + collector.futureToleranceMs,
    })
    if (result.isPublished) replayed++
    rows += result.rows
    left += result.left
  }
  if (context.json()) return terminal.print(JSON.stringify({ letters: replayed, rows, left }))
  const stay = left === 0 ? '' : `; ${plural(left, 'row')} still invalid: kept as a dead letter`
  terminal.print(`${plural(replayed, 'letter')} published again, ${plural(rows, 'row')}${stay}`)
}
