import { z } from 'zod'

/** One setting of a schema, under its three names. */
export type ConfigKey = {
  /** e.g. `collector.maxRows`, as in fleet.yaml */
  path: string
  /** e.g. `FLEET_COLLECTOR_MAX_ROWS` */
  variable: string
  /** e.g. `--collector.max-rows` */
  flag: string
  schema: z.ZodType
  /** never taken as a flag, nor shown */
  isSecret: boolean
  description?: string
}

/** Every leaf of a schema of nested objects, in the order of its definition. */
export const listConfigKeys = (schema: z.ZodObject): ConfigKey[] => listKeysBelow(schema, [])

const listKeysBelow = (object: z.ZodObject, above: readonly string[]): ConfigKey[] =>
  Object.entries(object.shape).flatMap(([name, value]) => {
    const parts = [...above, name]
    const schema = value as z.ZodType
    const inner = unwrap(schema)
    return inner instanceof z.ZodObject ? listKeysBelow(inner, parts) : [nameKey(parts, schema)]
  })

const nameKey = (parts: readonly string[], schema: z.ZodType): ConfigKey => {
  const description = describe(schema)
  return {
    path: parts.join('.'),
    variable: ['FLEET', ...parts.map((part) => splitWords(part, '_').toUpperCase())].join('_'),
    flag: `--${parts.map((part) => splitWords(part, '-')).join('.')}`,
    schema,
    isSecret: unwrap(schema).meta()?.secret === true,
    ...(description === undefined ? {} : { description }),
  }
}

const splitWords = (name: string, separator: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`)

/** The schema below defaults, optionals and transforms. */
const unwrap = (schema: z.ZodType): z.ZodType => {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType)
  const wraps =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  return wraps ? unwrap(schema.unwrap() as z.ZodType) : schema
}

/** A description is often set before the default is. */
const describe = (schema: z.ZodType): string | undefined => schema.description ?? unwrap(schema).description
