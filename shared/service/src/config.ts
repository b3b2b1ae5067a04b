import { readFileSync } from 'node:fs'
import { listSettings, type Setting } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import { closest, distance } from 'fastest-levenshtein'
import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'

/** What configures a process, the page's build or the tests besides a schema's keys; never an unknown key. */
const reservedVariables = new Set([
  'FLEET_CONFIG',
  'FLEET_LOG_FORMAT',
  'FLEET_CHROMIUM',
  'FLEET_WEB_API',
  'FLEET_WEB_BUILD_DIR',
  'FLEET_WEB_OUTPUT_DIR',
])

export type ConfigSources = {
  /** flags: `--collector.max-rows 5` or `--collector.max-rows=5`; `--config <file>` names the file */
  args?: readonly string[]
  /** variables: `FLEET_COLLECTOR_MAX_ROWS=5`; `FLEET_CONFIG` names the file */
  env?: NodeJS.ProcessEnv
  /** the file that is read when none is named, and may be absent */
  defaultFile?: string
}

/** What is set, and where. */
interface GivenSetting {
  readonly key: Setting
  readonly value: unknown
  readonly source: string
}

/**
 * Reads fleet.yaml, then variables, then flags, the later winning, and checks the whole once, strictly.
 * @throws FleetError `config.invalid` with the key, where it comes from, what is allowed and the nearest known key
 */
export const loadConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  sources: ConfigSources = {},
): z.output<Schema> => {
  const { args = process.argv.slice(2), env = process.env, defaultFile = 'fleet.yaml' } = sources
  const keys = listSettings(schema)
  const { file: flaggedFile, flags } = splitFlags(args)
  const named = flaggedFile ?? env.FLEET_CONFIG
  const settings = [
    ...readFileSettings(keys, named ?? defaultFile, named !== undefined),
    ...readVariables(keys, env),
    ...readFlags(keys, flags),
  ]
  const raw: Record<string, unknown> = {}
  for (const { key, value } of settings) assign(raw, key.path.split('.'), value)
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  throw invalid(result.error.issues.map((issue) => describeIssue(issue, settings)).join('; '))
}

const readFileSettings = (keys: readonly Setting[], file: string, required: boolean): GivenSetting[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw invalid(`${file} can't be read`, cause)
  }
  let content: unknown
  try {
    content = parseYaml(text)
  } catch (cause) {
    throw invalid(`${file} is not YAML`, cause)
  }
  return flatten(content ?? {}, keys, file, [])
}

const flatten = (
  content: unknown,
  keys: readonly Setting[],
  file: string,
  above: readonly string[],
): GivenSetting[] => {
  const path = above.join('.')
  const key = keys.find((candidate) => candidate.path === path)
  if (key !== undefined) return [{ key, value: content, source: file }]
  const isSection = path === '' || keys.some((candidate) => candidate.path.startsWith(`${path}.`))
  if (!isSection) throw unknownName(path, file, keys.flatMap(sectionsAndPath))
  // A section whose every line is commented out.
  if (content === null) return []
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw invalid(`${path === '' ? 'the content' : path} (from ${file}) must be a section with keys below it`)
  }
  return Object.entries(content).flatMap(([name, value]) => flatten(value, keys, file, [...above, name]))
}

const sectionsAndPath = ({ path }: Setting): string[] => {
  const parts = path.split('.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

const readVariables = (keys: readonly Setting[], env: NodeJS.ProcessEnv): GivenSetting[] =>
  Object.entries(env)
    .filter(([name, value]) => name.startsWith('FLEET_') && value !== undefined && !reservedVariables.has(name))
    .map(([name, text]) => {
      const key = keys.find(({ variable }) => variable === name)
      if (key === undefined)
        throw unknownName(
          name,
          'the environment',
          keys.map(({ variable }) => variable),
        )
      return { key, value: parseText(key, String(text)), source: name }
    })

const readFlags = (keys: readonly Setting[], flags: readonly [name: string, text: string][]): GivenSetting[] =>
  flags.map(([name, text]) => {
    const key = keys.find(({ flag, path }) => flag === name || `--${path}` === name)
    if (key === undefined)
      throw unknownName(
        name,
        'the command line',
        keys.map(({ flag }) => flag),
      )
    if (key.isSecret || hasPassword(text)) {
      throw invalid(
        `${name} (from the command line) ${key.isSecret ? 'is a secret' : 'holds a password'}, and every user of this machine can read flags ` +
          `in its list of processes: set ${key.variable}, or ${key.path} in a file that only this user may read`,
      )
    }
    return { key, value: parseText(key, text), source: name }
  })

/** An address with a user and a password before its host. */
const hasPassword = (text: string): boolean => /^[a-z][a-z\d+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i.test(text)

/** A flag without a value is a switch: true. */
const splitFlags = (args: readonly string[]): { file?: string; flags: [string, string][] } => {
  const flags: [string, string][] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]
    if (!arg.startsWith('--')) throw invalid(`${arg} (from the command line) is not a flag`)
    const equals = arg.indexOf('=')
    if (equals > 0) flags.push([arg.slice(0, equals), arg.slice(equals + 1)])
    else if (index + 1 < args.length && !args[index + 1].startsWith('--')) flags.push([arg, args[++index]])
    else flags.push([arg, 'true'])
  }
  const file = flags.findLast(([name]) => name === '--config')?.[1]
  return { ...(file === undefined ? {} : { file }), flags: flags.filter(([name]) => name !== '--config') }
}

/** The first reading of a text that its key accepts: as it is, as a YAML value, as a list with commas. */
const parseText = ({ schema }: Setting, text: string): unknown => {
  const readings = [() => text, () => parseYaml(text) as unknown, () => text.split(',').map((item) => item.trim())]
  for (const read of readings) {
    try {
      const value = read()
      if (schema.safeParse(value).success) return value
    } catch {
      // Not YAML: another reading may do.
    }
  }
  return text
}

const assign = (target: Record<string, unknown>, [name, ...rest]: readonly string[], value: unknown): void => {
  if (rest.length === 0) target[name] = value
  else assign((target[name] ??= {}) as Record<string, unknown>, rest, value)
}

const describeIssue = (issue: z.core.$ZodIssue, settings: readonly GivenSetting[]): string => {
  const path = issue.path.join('.')
  const setting = settings.findLast(({ key }) => path === key.path || path.startsWith(`${key.path}.`))
  if (setting === undefined) return `${path || 'the configuration'}: ${issue.message}`
  const { key, value, source } = setting
  const meaning = key.description === undefined ? '' : ` (${key.description})`
  const shown = key.isSecret ? 'not valid' : JSON.stringify(value)
  return `${path} (from ${source}) is ${shown}: ${issue.message}${meaning}`
}

const unknownName = (name: string, source: string, known: readonly string[]): FleetError => {
  const nearest = closest(name, known)
  const hint = distance(name, nearest) <= name.length / 2 ? `, did you mean ${nearest}?` : ''
  return invalid(`${name} (from ${source}) is not a known key${hint}`)
}

const invalid = (message: string, cause?: unknown): FleetError =>
  new FleetError('config.invalid', message, cause === undefined ? undefined : { cause })
