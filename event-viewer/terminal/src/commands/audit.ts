import {
  type AuditFilter,
  openSearchStore,
  openSearchTable,
  readAudit,
  type SearchFacts,
  searchFacts,
} from '@fleetlake/archive'
import { personToken, type SearchRecord } from '@fleetlake/contracts'
import { FleetError, reasonOf } from '@fleetlake/core'
import { pendingSearchRecords } from '@fleetlake/hub'
import { plural } from '@fleetlake/viewer-core'
import { type Command, Option } from 'commander'
import { csvLineOf, CSV_HEAD, linesOfSearches } from '../audit/audit-text.ts'
import { withHub } from '../terminal/with-hub.ts'
import { instantOf } from './answer-options.ts'
import { type CommandContext, examples } from './context.ts'

interface AuditOptions {
  readonly person?: string
  readonly query?: string
  readonly from?: string
  readonly to: string
  readonly format: 'table' | 'ndjson' | 'csv'
}

const DEFAULT_FROM = '-1d'
/** Some of what could be told is missing. */
const INCOMPLETE = 3
/** Lines of a table that are laid out together: memory is bounded. */
const BLOCK = 500

export const addAudit = (program: Command, context: CommandContext): void => {
  program
    .command('audit')
    .description('show who searched for what, how many positions were found, and who exported what; the newest first')
    .option('--person <name>', 'only what this person did; `anyone` where no login is needed')
    .option('--query <id>', 'only this search and its exports, whenever it was')
    .option('--from <time>', `when it was asked: RFC 3339, a date, or a time before now (default: "${DEFAULT_FROM}")`)
    .option('--to <time>', 'end of that time, exclusive', 'now')
    .addOption(
      new Option('--format <format>', 'table, or for machines ndjson (as --json) or csv')
        .choices(['table', 'ndjson', 'csv'])
        .default('table'),
    )
    .addHelpText(
      'after',
      `${examples(
        ['audit', 'who searched in the last day'],
        ['audit --person anna --from 2026-01-01 --to 2026-02-01', 'what anna searched in January'],
        ['audit --from -365d --format csv > searches.csv', 'all of a year, for a spreadsheet'],
      )}\nIt reads the table \`searches\` at \`archive.path\`, and from the hub what is not archived yet. Exit code 3: the hub can't be read.\n`,
    )
    .action(async (options: AuditOptions) => show(options, context))
}

const filterOf = ({ person, query, from, to }: AuditOptions): AuditFilter => {
  const nowMs = Date.now()
  const filter = {
    from: from === undefined && query !== undefined ? 0 : instantOf('--from', from ?? DEFAULT_FROM, nowMs),
    // What is stored while it is read is told, too.
    to: to === 'now' ? nowMs + 60_000 : instantOf('--to', to, nowMs),
  }
  if (filter.from >= filter.to) throw new FleetError('usage.invalid', `--from ${from} is not before --to ${to}`)
  return { ...filter, person: person === undefined ? undefined : personToken(person), query }
}

/** Invariant: read before the table, so that what a collector moves meanwhile is in one of them. */
const readPending = async (context: CommandContext): Promise<readonly SearchRecord[] | undefined> => {
  try {
    return await withHub(context.config(), context, pendingSearchRecords)
  } catch (error) {
    if (context.signal.aborted) throw error
    context.terminal.say(`what is not archived yet is missing: the hub can't be read (${reasonOf(error)})`, 'yellow')
    return undefined
  }
}

const show = async (options: AuditOptions, context: CommandContext): Promise<void> => {
  const filter = filterOf(options)
  const pending = await readPending(context)
  const table = await openSearchTable(await openSearchStore(context.config().archive))
  const print = printerOf(context.json() ? 'ndjson' : options.format, context)
  let count = 0
  for await (const entry of readAudit(table, pending ?? [], filter)) {
    print.one(searchFacts(entry))
    count++
    await print.drained()
    if (context.stdout.closed.aborted || context.signal.aborted) break
  }
  print.end()
  if (options.format === 'table' && !context.json()) context.terminal.say(plural(count, 'entry', 'entries'))
  if (pending === undefined) context.exitWith(INCOMPLETE)
}

interface Printer {
  one(facts: SearchFacts): void
  /** Resolves when what was printed has been taken: what is printed does not pile up. */
  drained(): Promise<void>
  end(): void
}

const printerOf = (format: AuditOptions['format'], { terminal }: CommandContext): Printer => {
  let block: SearchFacts[] = []
  const printBlock = (): void => {
    if (block.length > 0) linesOfSearches(block).forEach((line) => terminal.print(line))
    block = []
  }
  const drained = async (): Promise<void> => {
    if (process.stdout.writableNeedDrain)
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  }
  switch (format) {
    case 'ndjson':
      return { one: (facts) => terminal.print(JSON.stringify(facts)), drained, end: () => undefined }
    case 'csv':
      terminal.print(CSV_HEAD)
      return { one: (facts) => terminal.print(csvLineOf(facts)), drained, end: () => undefined }
    case 'table':
      return {
        one: (facts) => {
          block.push(facts)
          if (block.length >= BLOCK) printBlock()
        },
        drained,
        end: printBlock,
      }
  }
}
