import { configSchema, DEFAULT_CONFIG } from '../config.ts'
import { listSettings, type Setting, type SettingKind } from '../settings.ts'
import { jsonSchemaOf, tableRow, typeOf } from './describe-schema.ts'

type Units = readonly (readonly [name: string, size: number])[]

/** From the largest to that of 1, which every whole number has. */
const UNITS: Readonly<Record<SettingKind, Units>> = {
  duration: [
    ['y', 365.25 * 86_400_000],
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
    ['ms', 1],
  ],
  size: [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
    ['B', 1],
  ],
}

/** In the largest unit that gives a whole number; nothing in the smallest. */
const inUnits = (value: number, units: Units): string => {
  const [name, size] = value === 0 ? units.at(-1)! : units.find(([, each]) => value % each === 0)!
  return `${value / size} ${name}`
}

/** `10 min` of 600000 where the kind is a duration, `256 MiB` of 268435456 where it is a size. */
export const valueText = (value: unknown, kind: SettingKind | undefined): string =>
  typeof value === 'number' && kind !== undefined
    ? inUnits(value, UNITS[kind])
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

const defaultOf = (path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], DEFAULT_CONFIG)

const settingRow = ({ path, variable, flag, schema, isSecret, kind, description = '' }: Setting): string => {
  const usual = defaultOf(path)
  return tableRow(
    `\`${path}\``,
    usual === undefined ? '–' : `\`${valueText(usual, kind)}\``,
    kind ?? typeOf(jsonSchemaOf(schema)),
    description,
    `\`${variable}\``,
    isSecret ? '– (a secret)' : `\`${flag}\``,
  )
}

const sectionOf = ({ path }: Setting): string => path.split('.')[0]

/** `docs/reference/config.md`. */
export const configReference = (): string => {
  const lines = [
    '<!-- Generated from shared/contracts: node_modules/.bin/node shared/contracts/src/reference/write-reference.ts -->',
    '# Configuration',
    '',
    'Read from `fleet.yaml` (or the file of `--config` or `FLEET_CONFIG`), then from variables, then from flags; the later wins. An',
    'unknown key or a bad value stops a service with a message that says where it comes from. Durations are a number of ms or a',
    'text such as `"10 min"` (ms, s, min, h, d, y); sizes are a number of bytes or a text such as `"2 GiB"` (powers of 1024).',
    '',
    ...[...Map.groupBy(listSettings(configSchema), sectionOf)].flatMap(([section, settings]) => [
      `## ${section}`,
      '',
      '| key | default | type | meaning | variable | flag |',
      '|---|---|---|---|---|---|',
      ...settings.map(settingRow),
      '',
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
