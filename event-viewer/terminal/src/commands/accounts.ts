import { FleetError } from '@fleetlake/core'
import {
  addAccount,
  endSessions,
  isOpenIdPerson,
  type Registry,
  removeAccount,
  setAccount,
  setPassword,
} from '@fleetlake/registry'
import { type Role, ROLES } from '@fleetlake/contracts'
import { humanTime, plural } from '@fleetlake/viewer-core'
import { type Command, Option } from 'commander'
import { parseList } from '../options.ts'
import { changeRegistry, withRegistry } from '../registry/with-registry.ts'
import { INTERRUPTED } from '../terminal/interrupt.ts'
import { readPassword } from '../terminal/read-password.ts'
import { renderTable } from '../terminal/render-table.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples, reads } from './context.ts'

interface FromStdin {
  readonly passwordStdin?: boolean
}

export const addAccounts = (program: Command, context: CommandContext): void => {
  const command = program
    .command('accounts')
    .description('list, add or change accounts, which people log in with')
    .addHelpText(
      'after',
      `${examples(
        ['accounts', 'all accounts'],
        ['accounts add anna --role investigator', 'a new account; its password is asked for'],
        ['accounts set-password anna --password-stdin < password.txt', 'a new password, from a file'],
        ['accounts set-groups anna --groups north,south', 'it sees the vehicles of these groups alone'],
        ['accounts disable anna', "it and its tokens can't be used to log in any more"],
      )}\nRoles are ${ROLES.join(', ')}. The command works on \`archive.path\` directly, beside services or without them.\n`,
    )
  const change = (name: string, said: string, act: (registry: Registry, who: string) => Promise<void>): Promise<void> =>
    changeRegistry(context, async (registry) => {
      await act(registry, terminalUser())
      say(context, name, said)
    })
  /** Asks first: what may take minutes keeps no connection waiting. */
  const changeWithPassword = async (
    name: string,
    { passwordStdin = false }: FromStdin,
    act: (password: string) => Promise<void>,
  ): Promise<void> => {
    const question = `new password of ${name}`
    const password = await readPassword({ question, isFromStdin: passwordStdin, signal: context.signal })
    if (password === undefined) return context.exitWith(INTERRUPTED)
    await act(password)
  }

  command
    .command('list', { isDefault: true })
    .description('list the accounts')
    .action(async () => withRegistry(context, async (registry) => list(registry, context)))
  withPassword(command.command('add <name>').description('add an account'))
    .addOption(roleOption().makeOptionMandatory())
    .addOption(groupsOption().default(undefined, 'all vehicles'))
    .action(async (name: string, { role, groups, ...from }: FromStdin & { role: Role; groups?: string[] }) =>
      changeWithPassword(name, from, (password) =>
        change(name, 'was added', (registry, who) => addAccount(registry, { name, role, password, groups }, who)),
      ),
    )
  command
    .command('set-role <name>')
    .description('change the role of an account')
    .addOption(roleOption().makeOptionMandatory())
    .action(async (name: string, { role }: { role: Role }) =>
      change(name, `is ${role} now`, (registry, who) => setAccount(registry, { name, set: { role } }, who)),
    )
  command
    .command('set-groups <name>')
    .description('change which vehicles an account sees')
    .addOption(groupsOption().conflicts(['all', 'none']))
    .addOption(new Option('--all', 'it sees all vehicles').conflicts('none'))
    .option('--none', 'it sees no vehicle')
    .action(async (name: string, asked: AskedGroups) => {
      const groups = groupsOf(asked)
      await change(name, `sees ${sightOf(groups)} now`, (registry, who) =>
        setAccount(registry, { name, set: { groups } }, who),
      )
    })
  withPassword(command.command('set-password <name>').description('change the password of an account')).action(
    async (name: string, from: FromStdin) =>
      changeWithPassword(name, from, (password) =>
        change(name, 'has a new password', (registry, who) => setPassword(registry, { name, password }, who)),
      ),
  )
  command
    .command('disable <name>')
    .description('stop an account and its tokens from logging in')
    .action(async (name: string) =>
      change(name, 'is disabled', (registry, who) => setAccount(registry, { name, set: { disabled: true } }, who)),
    )
  command
    .command('enable <name>')
    .description('let people log in with a disabled account again')
    .action(async (name: string) =>
      change(name, 'is enabled', (registry, who) => setAccount(registry, { name, set: { disabled: false } }, who)),
    )
  command
    .command('log-out <person>')
    .description('end all sessions of a person; `openid:<name>` is one of a provider')
    .action(async (person: string) =>
      changeRegistry(context, async (registry) => {
        if (!isOpenIdPerson(person) && !registry.entries('accounts').has(person))
          throw new FleetError(
            'registry.invalid',
            `there is no account ${person}: see \`fleet accounts list\`. A person of a provider is openid:<name>`,
          )
        await endSessions(registry, person, terminalUser())
        const { terminal, json } = context
        if (json()) terminal.print(JSON.stringify({ person }))
        else terminal.say(`all sessions of ${person} have ended`)
      }),
    )
  command
    .command('remove <name>')
    .description('remove an account and its tokens')
    .action(async (name: string) =>
      changeRegistry(context, async (registry) => {
        const tokens = await removeAccount(registry, name, terminalUser())
        say(
          context,
          name,
          tokens.length === 0
            ? 'was removed'
            : `was removed, with ${plural(tokens.length, 'token')}: ${tokens.join(', ')}`,
        )
      }),
    )
}

const roleOption = (): Option => new Option('--role <role>', 'what the account may do').choices(ROLES)

interface AskedGroups {
  readonly groups?: string[]
  readonly all?: boolean
  readonly none?: boolean
}

const groupsOption = (): Option =>
  new Option('--groups <names>', 'groups whose vehicles it sees, and no others, e.g. north,south').argParser(
    reads(parseList),
  )

const groupsOf = ({ groups, all, none }: AskedGroups): string[] | undefined => {
  if (groups === undefined && all !== true && none !== true)
    throw new FleetError('usage.invalid', 'say which vehicles it sees: --groups <names>, --all or --none')
  return none === true ? [] : groups
}

const sightOf = (groups: readonly string[] | undefined): string => {
  if (groups === undefined) return 'all vehicles'
  return groups.length === 0 ? 'no vehicle' : `the vehicles of ${groups.join(', ')}`
}

const withPassword = (command: Command): Command =>
  command.option('--password-stdin', 'read the password from standard input instead of asking for it')

const say = ({ terminal, json }: CommandContext, name: string, said: string): void =>
  json() ? terminal.print(JSON.stringify({ account: name })) : terminal.say(`the account ${name} ${said}`)

const list = async (registry: Registry, { terminal, json }: CommandContext): Promise<void> => {
  const tokens = [...registry.entries('tokens').values()]
  const accounts = [...registry.entries('accounts').values()].map(
    ({ id, value: { role, disabled, groups }, who, at }) => ({
      name: id,
      role,
      disabled,
      groups: groups ?? null,
      tokens: tokens.filter(({ value }) => value.account === id).length,
      changedAt: humanTime(at),
      changedBy: who,
    }),
  )
  accounts.sort((a, b) => (a.name < b.name ? -1 : 1))
  if (json()) return accounts.forEach((account) => terminal.print(JSON.stringify(account)))
  if (accounts.length === 0)
    return terminal.say('no accounts: add one with `fleet accounts add <name> --role operator`')
  const rows = accounts.map(({ name, role, disabled, groups, tokens: count, changedAt, changedBy }) => [
    name,
    role,
    disabled ? 'disabled' : 'enabled',
    groups === null ? 'all' : groups.join(', ') || 'none',
    String(count),
    `${changedAt} by ${changedBy}`,
  ])
  renderTable([['name', 'role', 'state', 'groups', 'tokens', 'last changed'], ...rows]).forEach((line) =>
    terminal.print(line),
  )
}
