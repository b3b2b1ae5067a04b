import { areaNameKey, isAreaId, tidyAreaName } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import {
  addAreas as addToRegistry,
  AreasRefused,
  type AreaEntry,
  findAreas,
  type GivenArea,
  noSuchArea,
  type Registry,
  removeAreas,
  renameArea,
} from '@fleetlake/registry'
import { plural } from '@fleetlake/viewer-core'
import type { Command } from 'commander'
import { type AddFromOptions, readGiven } from '../areas/add-from.ts'
import { areaFacts, featureOf, historyOf, linesOfArea, linesOfAreas, linesOfHistory } from '../areas/areas-text.ts'
import { parseInstant } from '../options.ts'
import { changeFacts } from '../registry/registry-text.ts'
import { changeRegistry, withRegistry } from '../registry/with-registry.ts'
import { terminalUser } from '../terminal/terminal-user.ts'
import { type CommandContext, examples, reads } from './context.ts'

export const addAreas = (program: Command, context: CommandContext): void => {
  const command = program
    .command('areas')
    .description('add, list, rename, remove or export areas, which searches name')
    .addHelpText(
      'after',
      `${examples(
        ['areas', 'all areas, and who changed them last'],
        ['areas add harbour.geojson --name Harbour', 'one area'],
        [
          "areas add regions.geojson --name-property nom --prefix 'France: '",
          'each feature of a collection, all or none',
        ],
        ['areas add --from-city', 'the districts of the city pack'],
        ['query --in Harbour --from -1h', 'search in it'],
        ['areas rename Harbour "Old harbour"', 'its id stays, and so do links to it'],
        ['areas history harbour', 'who changed it, when, and what'],
        ['areas export > areas.geojson', 'all areas as a FeatureCollection'],
      )}\nThe command works on \`archive.path\` directly, beside services or without them.\n`,
    )
  command
    .command('list', { isDefault: true })
    .description('list the areas')
    .action(async () => withRegistry(context, async (registry) => list(registry, context)))
  command
    .command('add [file]')
    .description('add the areas of a GeoJSON file, all or none; - reads standard input')
    .option('--name <name>', 'name of the one area that the file is')
    .option('--name-property <property>', 'property of each feature that has its name')
    .option('--prefix <text>', 'put before each name')
    .option('--from-city', 'add the districts of the city pack')
    .option('--description <text>', 'what the areas are')
    .option('--colour <colour>', 'colour on maps, such as #0ea5e9')
    .option(
      '--valid-from <time>',
      'event time from which on the polygons hold (default: always)',
      reads((text) => new Date(parseInstant(text, Date.now())).toISOString()),
    )
    .option('--replace', 'give areas that have one of the names the polygons of the file')
    .action(async (file: string | undefined, options: AddOptions) => add(file, options, context))
  command
    .command('show <area>')
    .description('show an area, by its name or id')
    .action(async (area: string) =>
      withRegistry(context, async (registry) => {
        const [entry] = found(registry, [area])
        if (context.json()) context.terminal.print(JSON.stringify(areaFacts(entry)))
        else linesOfArea(entry).forEach((line) => context.terminal.print(line))
      }),
    )
  command
    .command('rename <area> <name>')
    .description('give an area another name')
    .action(async (area: string, name: string) =>
      changeRegistry(context, async (registry) => {
        const entry = await renameArea(registry, { nameOrId: area, name: tidyAreaName(name) }, { who: terminalUser() })
        say(context, [entry], `${area} is ${entry.value.name} now (version ${entry.version})`)
      }),
    )
  command
    .command('remove <areas...>')
    .description('remove areas; their history stays')
    .action(async (areas: string[]) =>
      changeRegistry(context, async (registry) => {
        const gone = await removeAreas(registry, areas, { who: terminalUser() })
        say(context, gone, `removed: ${gone.map(({ value }) => value.name).join(', ')}`)
      }),
    )
  command
    .command('export [areas...]')
    .description('print areas as a GeoJSON FeatureCollection; all when none is named')
    .action(async (areas: string[]) =>
      withRegistry(context, async (registry) => {
        const features = (areas.length === 0 ? sorted(registry) : found(registry, areas)).map(featureOf)
        context.terminal.print(JSON.stringify({ type: 'FeatureCollection', features }))
      }),
    )
  command
    .command('history <area>')
    .description('show every change of an area, the newest last; of one that is gone by its last name')
    .action(async (area: string) => withRegistry(context, (registry) => showHistory(registry, area, context)))
}

interface AddOptions extends AddFromOptions {
  readonly description?: string
  readonly colour?: string
  readonly validFrom?: string
  readonly replace?: boolean
}

const sorted = (registry: Registry): AreaEntry[] =>
  [...registry.entries('areas').values()].toSorted((a, b) => a.value.name.localeCompare(b.value.name, 'en'))

/** @throws FleetError `usage.invalid` */
const found = (registry: Registry, areas: readonly string[]): AreaEntry[] => {
  try {
    return findAreas(registry, areas)
  } catch (error) {
    if (!(error instanceof FleetError)) throw error
    throw new FleetError('usage.invalid', error.message)
  }
}

const list = (registry: Registry, { terminal, json }: CommandContext): void => {
  const areas = sorted(registry)
  if (json()) return areas.forEach((entry) => terminal.print(JSON.stringify(areaFacts(entry))))
  if (areas.length === 0)
    return terminal.say(
      'no areas: add one with `fleet areas add harbour.geojson --name Harbour`, or on the search page',
    )
  linesOfAreas(areas).forEach((line) => terminal.print(line))
}

/** Of what is told of areas that can't be added. */
const MOST_TOLD = 50

const add = async (file: string | undefined, options: AddOptions, context: CommandContext): Promise<void> => {
  const { description, colour, validFrom, replace = false } = options
  const { terminal } = context
  try {
    const read = await readGiven(file, options, context.config)
    const given = read.map((area): GivenArea => ({
      ...area,
      ...(description === undefined ? {} : { description }),
      ...(colour === undefined ? {} : { colour }),
      ...(validFrom === undefined ? {} : { validFrom }),
    }))
    await changeRegistry(context, async (registry) => {
      const done = await addToRegistry(registry, given, { who: terminalUser(), replace })
      const { added, replaced, unchanged, commits } = done
      const parts = [
        `${plural(added.length, 'area')} added`,
        ...(replace ? [`${replaced.length} replaced, ${unchanged} there already`] : []),
        ...(commits > 1 ? [`in ${commits} commits, since one takes 1,000 areas`] : []),
      ]
      if (context.json())
        return terminal.print(
          JSON.stringify({ added: added.map(areaFacts), replaced: replaced.map(areaFacts), unchanged, commits }),
        )
      terminal.say(parts.join(', '))
    })
  } catch (error) {
    if (!(error instanceof AreasRefused)) throw error
    for (const line of error.faults.slice(0, MOST_TOLD)) terminal.say(line, 'yellow')
    if (error.faults.length > MOST_TOLD) terminal.say(`… and ${error.faults.length - MOST_TOLD} more`, 'yellow')
    throw new FleetError('registry.invalid', `no area was added: ${plural(error.faults.length, 'fault')}`)
  }
}

const say = ({ terminal, json }: CommandContext, areas: readonly AreaEntry[], sentence: string): void =>
  json() ? areas.forEach((entry) => terminal.print(JSON.stringify(areaFacts(entry)))) : terminal.say(sentence)

const showHistory = async (registry: Registry, area: string, { terminal, json }: CommandContext): Promise<void> => {
  const key = areaNameKey(area)
  const changes = await historyOf(registry, ({ name }, id) =>
    isAreaId(area) ? id === area : areaNameKey(name) === key,
  )
  if (changes.length === 0) throw new FleetError('usage.invalid', noSuchArea(registry, area))
  if (json()) return changes.forEach((change) => terminal.print(JSON.stringify(changeFacts(change))))
  linesOfHistory(changes).forEach((line) => terminal.print(line))
}
