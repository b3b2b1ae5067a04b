import { z } from 'zod'

/** How a number of a setting may be written as a text, and how it is shown. */
export type SettingKind = 'duration' | 'size'

/** One setting of a schema, under its three names, with what its schema says of it. */
export interface Setting {
  /** E.g. `collector.maxRows`, as in fleet.yaml. */
  readonly path: string
  /** E.g. `FLEET_COLLECTOR_MAX_ROWS`. */
  readonly variable: string
  /** E.g. `--collector.max-rows`. */
  readonly flag: string
  readonly schema: z.ZodType
  /** Never taken as a flag, nor shown. */
  readonly isSecret: boolean
  readonly kind?: SettingKind
  readonly description?: string
}

/** Every leaf of a schema of nested objects, in the order of its definition. */
export const listSettings = (schema: z.ZodObject): Setting[] => listBelow(schema, [])

const listBelow = (object: z.ZodObject, above: readonly string[]): Setting[] =>
  Object.entries(object.shape).flatMap(([name, value]) => {
    const parts = [...above, name]
    const schema = value as z.ZodType
    const inner = innermostOf(schema)
    return inner instanceof z.ZodObject ? listBelow(inner, parts) : [settingOf(parts, schema)]
  })

const settingOf = (parts: readonly string[], schema: z.ZodType): Setting => {
  const { secret, kind, description } = metaOf(schema)
  return {
    path: parts.join('.'),
    variable: ['FLEET', ...parts.map((part) => splitWords(part, '_').toUpperCase())].join('_'),
    flag: `--${parts.map((part) => splitWords(part, '-')).join('.')}`,
    schema,
    isSecret: secret === true,
    ...(kind === undefined ? {} : { kind: kind as SettingKind }),
    ...(description === undefined ? {} : { description }),
  }
}

const splitWords = (name: string, separator: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`)

/** What the layers of a schema say of it, the outer ones first: a description is often set before the default is. */
const metaOf = (schema: z.ZodType): z.core.GlobalMeta => {
  const inner = innerOf(schema)
  return { ...(inner === undefined ? {} : metaOf(inner)), ...schema.meta() }
}

const innermostOf = (schema: z.ZodType): z.ZodType => {
  const inner = innerOf(schema)
  return inner === undefined ? schema : innermostOf(inner)
}

/** The schema below a default, an optional or a transform. */
const innerOf = (schema: z.ZodType): z.ZodType | undefined => {
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType
  const wraps =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  return wraps ? (schema.unwrap() as z.ZodType) : undefined
}
