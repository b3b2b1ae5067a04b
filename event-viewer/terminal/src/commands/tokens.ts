import { addToken, type Registry, removeToken } from '@fleetlake/registry'
import { humanTime } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { parseDuration } from '../options.ts'
import { changeRegistry, withRegistry } from '../registry/with-registry.ts'
import { renderTable } from '../terminal/render-table.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface AddOptions {
  readonly account: string
  readonly expires?: number
}

export const addTokens = (program: Command, context: CommandContext): void => {
  const command = program
    .command('tokens')
    .description('list, add or remove API tokens, which programs log in with')
    .addHelpText(
      'after',
      examples(
        ['tokens', 'all tokens, whose they are, and until when they count'],
        ['tokens add importer --account anna --expires 90d', 'a new token; it is shown this once'],
        ['tokens remove importer', "it can't be used to log in any more"],
      ),
    )
  command
    .command('list', { isDefault: true })
    .description('list the tokens')
    .action(async () => withRegistry(context, async (registry) => list(registry, context)))
  command
    .command('add <name>')
    .description('make a token of an account, and print it this once')
    .requiredOption('--account <account>', 'whose rights it has')
    .option('--expires <duration>', 'how long it counts (default: until it is removed)', reads(parseDuration))
    .action(async (name: string, { account, expires }: AddOptions) =>
      changeRegistry(context, async (registry) => {
        const expiresMs = expires === undefined ? undefined : Date.now() + expires
        const token = await addToken(registry, { name, account, expiresMs }, terminalUser())
        const { terminal, json } = context
        terminal.print(json() ? JSON.stringify({ name, account, token, expires: instantOf(expiresMs) }) : token)
        terminal.say('keep the token: it is not shown again, and only its SHA-256 is stored')
      }),
    )
  command
    .command('remove <name>')
    .description('remove a token')
    .action(async (name: string) =>
      changeRegistry(context, async (registry) => {
        await removeToken(registry, name, terminalUser())
        const { terminal, json } = context
        if (json()) terminal.print(JSON.stringify({ token: name }))
        else terminal.say(`the token ${name} was removed`)
      }),
    )
}

const instantOf = (timeMs: number | undefined): string | null => (timeMs === undefined ? null : humanTime(timeMs))

const list = async (registry: Registry, { terminal, json }: CommandContext): Promise<void> => {
  const accounts = registry.entries('accounts')
  const tokens = [...registry.entries('tokens').values()].map(({ id, value: { account, expires }, who, at }) => {
    const owner = accounts.get(account)?.value
    const isOver = expires !== undefined && Date.parse(expires) <= Date.now()
    const state = isOver ? 'expired' : owner === undefined ? 'without account' : owner.disabled ? 'disabled' : 'enabled'
    return { name: id, account, state, expires: expires ?? null, addedAt: humanTime(at), addedBy: who }
  })
  tokens.sort((a, b) => (a.name < b.name ? -1 : 1))
  if (json()) return tokens.forEach((token) => terminal.print(JSON.stringify(token)))
  if (tokens.length === 0) return terminal.say('no tokens: add one with `fleet tokens add <name> --account <account>`')
  const rows = tokens.map(({ name, account, state, expires, addedAt, addedBy }) => [
    name,
    account,
    state,
    expires ?? '–',
    `${addedAt} by ${addedBy}`,
  ])
  renderTable([['name', 'account', 'state', 'expires', 'added'], ...rows]).forEach((line) => terminal.print(line))
}
