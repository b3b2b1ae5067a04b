import { FleetError } from '@fleetlake/core'
import { membersOf, type Registry, removeGroup, setGroup } from '@fleetlake/registry'
import { humanTime, plural } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { readText } from '../registry/read-text.ts'
import { changeRegistry, withRegistry } from '../registry/with-registry.ts'
import { renderTable } from '../terminal/render-table.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples } from './context.ts'

export const addGroups = (program: Command, context: CommandContext): void => {
  const command = program
    .command('groups')
    .description('list, set or remove groups of vehicles, which accounts may be restricted to')
    .addHelpText(
      'after',
      examples(
        ['groups', 'all groups, and who has them'],
        ["groups set north bus-7 'tram-*'", 'the vehicle bus-7, and all whose id begins with tram-'],
        ['groups set north --file ids.txt', 'the vehicles of a file, one a line; - reads standard input'],
        ['accounts set-groups anna --groups north,south', 'anna sees the vehicles of these groups alone'],
        ['groups remove north', 'who has no other group sees no vehicle then'],
      ),
    )
  command
    .command('list', { isDefault: true })
    .description('list the groups')
    .action(async () => withRegistry(context, async (registry) => list(registry, context)))
  command
    .command('set <name> [vehicles...]')
    .description('add a group, or give one that is there these vehicles in place of its own')
    .option('--file <file>', 'file with ids, one a line; - reads standard input')
    .action(async (name: string, named: string[], { file }: { file?: string }) => {
      const vehicles = [...named, ...(file === undefined ? [] : linesOf(await readText(file)))]
      if (vehicles.length === 0)
        throw new FleetError(
          'usage.invalid',
          `name the vehicles of the group, as in \`fleet groups set ${name} 'bus-*'\``,
        )
      await changeRegistry(context, async (registry) => {
        await setGroup(registry, { name, vehicles }, terminalUser())
        say(
          context,
          name,
          `has ${plural(new Set(vehicles).size, 'id or beginning', 'ids and beginnings')} of vehicles now`,
        )
      })
    })
  command
    .command('remove <name>')
    .description('remove a group')
    .action(async (name: string) =>
      changeRegistry(context, async (registry) => {
        const members = await removeGroup(registry, name, terminalUser())
        const whose = members.length === 0 ? '' : `; who had it: ${shortened(members)}`
        say(context, name, `was removed${whose}`)
      }),
    )
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

const say = ({ terminal, json }: CommandContext, name: string, said: string): void =>
  json() ? terminal.print(JSON.stringify({ group: name })) : terminal.say(`the group ${name} ${said}`)

/** Of names that are told in a line. */
const MOST_TOLD = 5

const shortened = (names: readonly string[]): string =>
  names.length <= MOST_TOLD
    ? names.join(', ')
    : `${names.slice(0, MOST_TOLD).join(', ')} and ${names.length - MOST_TOLD} more`

const list = async (registry: Registry, { terminal, json }: CommandContext): Promise<void> => {
  const groups = [...registry.entries('groups').values()].map(({ id, value: { vehicles }, who, at }) => ({
    name: id,
    vehicles,
    people: membersOf(registry, id),
    changedAt: humanTime(at),
    changedBy: who,
  }))
  groups.sort((a, b) => (a.name < b.name ? -1 : 1))
  if (json()) return groups.forEach((group) => terminal.print(JSON.stringify(group)))
  if (groups.length === 0)
    return terminal.say("no groups, everybody sees all vehicles: add one with `fleet groups set <name> 'bus-*'`")
  const rows = groups.map(({ name, vehicles, people, changedAt, changedBy }) => [
    name,
    shortened(vehicles),
    people.length === 0 ? '–' : shortened(people),
    `${changedAt} by ${changedBy}`,
  ])
  renderTable([['name', 'vehicles', 'who has it', 'last changed'], ...rows]).forEach((line) => terminal.print(line))
}
