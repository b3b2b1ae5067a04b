import { z } from 'zod'
import { configSchema } from '../config.ts'
import { jsonSchemaOf, tableRow, typeOf } from './describe-schema.ts'

/** A setting and its names. */
interface Setting {
  readonly path: string
  readonly variable: string
  /** None for a secret. */
  readonly flag: string | undefined
  readonly type: string
  readonly defaultText: string
  readonly description: string
}

const words = (name: string, separator: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`)

const settingOf = (path: readonly string[], key: string, schema: z.ZodType, value: unknown): Setting => ({
  path: [...path, key].join('.'),
  variable: ['FLEET', ...path, words(key, '_')].join('_').toUpperCase(),
  flag: isSecret(schema) ? undefined : `--${[...path, words(key, '-')].join('.')}`,
  type: typeText(key, schema),
  defaultText: value === undefined ? '–' : `\`${valueText(key, value)}\``,
  description: descriptionOf(schema),
})

const isSecret = (schema: z.ZodType): boolean =>
  (schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema).meta()?.secret === true

const isDuration = (key: string): boolean => key.endsWith('Ms')
const isSize = (key: string): boolean => key === 'memory' || /bytes/i.test(key)

const typeText = (key: string, schema: z.ZodType): string => {
  if (isDuration(key)) return 'duration'
  if (isSize(key)) return 'size'
  return typeOf(jsonSchemaOf(schema))
}

const valueText = (key: string, value: unknown): string => {
  if (typeof value !== 'number') return String(value)
  if (isDuration(key))
    return largest(value, [
      ['y', 365.25 * 86_400_000],
      ['d', 86_400_000],
      ['h', 3_600_000],
      ['min', 60_000],
      ['s', 1000],
      ['ms', 1],
    ])
  if (isSize(key))
    return largest(value, [
      ['GiB', 1024 ** 3],
      ['MiB', 1024 ** 2],
      ['KiB', 1024],
      ['B', 1],
    ])
  return String(value)
}

/** In the largest unit that gives a whole number. */
const largest = (value: number, units: readonly (readonly [string, number])[]): string => {
  const [name, size] = units.find(([, each]) => value % each === 0)!
  return `${value / size} ${name}`
}

/** A description may have been given before the default was. */
const descriptionOf = (schema: z.ZodType): string => {
  if (schema.description !== undefined) return schema.description
  return schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? descriptionOf(schema.unwrap() as z.ZodType)
    : ''
}

const sectionOf = (schema: z.ZodType): z.ZodObject =>
  (schema instanceof z.ZodPrefault ? schema.unwrap() : schema) as z.ZodObject

/** The settings of a section, those of sections in it last. */
const settingsBelow = (path: readonly string[], schema: z.ZodType, defaults: unknown): Setting[] =>
  Object.entries(sectionOf(schema).shape).flatMap(([key, value]) => {
    const inner = value as z.ZodType
    const given = (defaults as Record<string, unknown>)[key]
    return sectionOf(inner) instanceof z.ZodObject
      ? settingsBelow([...path, key], inner, given)
      : [settingOf(path, key, inner, given)]
  })

const settings = (): [section: string, settings: Setting[]][] => {
  const defaults = configSchema.parse({}) as Record<string, Record<string, unknown>>
  return Object.entries(configSchema.shape).map(([section, schema]) => [
    section,
    settingsBelow([section], schema, defaults[section]),
  ])
}

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
    ...settings().flatMap(([section, all]) => [
      `## ${section}`,
      '',
      '| key | default | type | meaning | variable | flag |',
      '|---|---|---|---|---|---|',
      ...all.map(({ path, defaultText, type, description, variable, flag }) =>
        tableRow(
          `\`${path}\``,
          defaultText,
          type,
          description,
          `\`${variable}\``,
          flag === undefined ? '– (a secret)' : `\`${flag}\``,
        ),
      ),
      '',
    ]),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
