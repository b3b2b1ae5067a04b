import { FleetError } from '@fleetlake/core'
import { exportLine, importEntries, parseExport, type Registry } from '@fleetlake/registry'
import { plural } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { readText } from '../registry/read-text.ts'
import {
  changeFacts,
  changesToShow,
  kindFacts,
  linesOfChanges,
  linesOfKinds,
  sentenceOfImport,
} from '../registry/registry-text.ts'
import { changeRegistry, withRegistry } from '../registry/with-registry.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples } from './context.ts'

export const addRegistry = (program: Command, context: CommandContext): void => {
  const command = program
    .command('registry')
    .description('show, export or import what people set: accounts, tokens, groups')
    .addHelpText(
      'after',
      `${examples(
        ['registry', 'the kinds of entries: how many there are, and who changed them last'],
        ['registry show accounts', 'the entries of a kind'],
        ['registry show accounts anna --history', 'who changed an entry, when, and how'],
        ['registry export > registry.ndjson', 'all entries, with the hashes of passwords and tokens'],
        ['registry import registry.ndjson', 'put the entries of an export into this archive'],
      )}\nThe command works on \`archive.path\` directly, beside services or without them.\n`,
    )
  command
    .command('kinds', { isDefault: true })
    .description('list the kinds of entries')
    .action(async () => withRegistry(context, (registry) => showKinds(registry, context)))
  command
    .command('show <kind> [id]')
    .description('show the entries of a kind, or one of them; secrets are left out')
    .option('--history', 'show every change, the newest last')
    .action(async (kind: string, id: string | undefined, { history = false }: { history?: boolean }) =>
      withRegistry(context, (registry) => show(registry, { kind, id, isHistory: history }, context)),
    )
  command
    .command('export')
    .description('print all entries as NDJSON, with the hashes of passwords and tokens')
    .action(async () => withRegistry(context, (registry) => exportAll(registry, context)))
  command
    .command('import <file>')
    .description('add the entries of an export; - reads standard input')
    .option('--replace', 'replace entries that are there with another value')
    .action(async (file: string, { replace = false }: { replace?: boolean }) => {
      const exported = parseExport(await readText(file))
      await changeRegistry(context, async (registry) => {
        const { faults, ...counts } = await importEntries(registry, exported, { who: terminalUser(), replace })
        if (context.json()) context.terminal.print(JSON.stringify({ ...counts, faults }))
        else {
          for (const fault of faults) context.terminal.say(fault, 'yellow')
          context.terminal.say(sentenceOfImport(counts))
        }
        if (faults.length > 0) context.exitWith(INCOMPLETE)
      })
    })
}

/** Entries were taken that do not count. */
const INCOMPLETE = 3

const showKinds = async (registry: Registry, { terminal, json }: CommandContext): Promise<void> => {
  const kinds = await kindFacts(registry)
  const version = registry.version()
  if (json()) {
    return terminal.print(JSON.stringify({ version: version < 0 ? null : version, kinds, faults: registry.faults() }))
  }
  linesOfKinds(kinds).forEach((line) => terminal.print(line))
  terminal.say(version < 0 ? 'there is no registry yet: the first entry makes it' : `version ${version}`)
}

const show = async (
  registry: Registry,
  asked: { readonly kind: string; readonly id: string | undefined; readonly isHistory: boolean },
  { terminal, json }: CommandContext,
): Promise<void> => {
  const changes = await changesToShow(registry, asked)
  if (changes.length === 0 && asked.id !== undefined) {
    throw new FleetError(
      'usage.invalid',
      `there is no ${asked.kind} ${asked.id}: see \`fleet registry show ${asked.kind}\``,
    )
  }
  if (json()) return changes.forEach((change) => terminal.print(JSON.stringify(changeFacts(change))))
  linesOfChanges(changes).forEach((line) => terminal.print(line))
  terminal.say(plural(changes.length, asked.isHistory ? 'change' : 'entry', asked.isHistory ? 'changes' : 'entries'))
}

const exportAll = async (registry: Registry, { terminal }: CommandContext): Promise<void> => {
  let left = 0
  for (const held of registry.held()) {
    const line = exportLine(held)
    if (line === undefined) left++
    else terminal.print(line)
  }
  terminal.say(
    'an export has the hashes of passwords and tokens: keep it from people who may not read the archive',
    'yellow',
  )
  if (left > 0)
    terminal.say(`${plural(left, 'entry is', 'entries are')} left out: what they hold is not JSON`, 'yellow')
}
