import { z } from 'zod'
import { MOST } from '../fields.ts'

/** What is used here of a JSON Schema. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly maxItems?: number
  readonly additionalProperties?: boolean | JsonSchema
}

/** The JSON Schema of what may be written: defaults may be missing. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' })
  return rest as JsonSchema
}

/** What bounds a number only so that it has a bound says nothing to a reader. */
const isRange = (limit: number | undefined): limit is number => limit !== undefined && Math.abs(limit) < MOST

const NOUNS: Record<string, string> = {
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  string: 'text',
}

const rangeOf = ({ minimum, maximum, exclusiveMinimum }: JsonSchema): string => {
  const parts: string[] = []
  if (isRange(exclusiveMinimum)) parts.push(`> ${exclusiveMinimum}`)
  else if (isRange(minimum)) parts.push(`≥ ${minimum}`)
  if (isRange(maximum)) parts.push(`≤ ${maximum}`)
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`
}

/** What may stand there, in words. */
export const typeOf = (schema: JsonSchema): string => {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`
  if (schema.format === 'date-time') return 'RFC 3339 time'
  if (schema.type === undefined) return 'anything'
  return `${NOUNS[schema.type] ?? schema.type}${rangeOf(schema)}`
}

export interface FieldLine {
  /** `windows[].rows` for a field of an object in a list. */
  readonly name: string
  readonly type: string
  /** `required`, `optional` or the default. */
  readonly presence: string
  readonly description: string
}

const itemOf = (schema: JsonSchema): JsonSchema => (schema.type === 'array' ? (schema.items ?? {}) : schema)

/** Every field of an object, those of inner objects right after it; last what fields of any other name are, where they mean something. */
export const fieldsOf = (schema: JsonSchema, above = ''): FieldLine[] => [
  ...namedFieldsOf(schema, above),
  ...otherFieldsOf(schema, above),
]

const otherFieldsOf = ({ additionalProperties: others }: JsonSchema, above: string): FieldLine[] =>
  typeof others !== 'object' || others.description === undefined
    ? []
    : [{ name: `${above}<any other>`, type: typeOf(others), presence: 'optional', description: others.description }]

const namedFieldsOf = (schema: JsonSchema, above: string): FieldLine[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const name = `${above}${key}`
    const inner = itemOf(field)
    const line = {
      name,
      type: typeOf(field),
      presence: presenceOf(schema, key, field),
      description: field.description ?? '',
    }
    return [line, ...fieldsOf(inner, `${name}${field.type === 'array' ? '[]' : ''}.`)]
  })

const presenceOf = ({ required = [] }: JsonSchema, key: string, field: JsonSchema): string => {
  if (field.default !== undefined) return `default \`${JSON.stringify(field.default)}\``
  return required.includes(key) ? 'required' : 'optional'
}

/** Markdown in which a `<` outside of code is not a tag. */
export const escapeTags = (text: string): string =>
  text
    .split('`')
    .map((part, i) => (i % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('`')

/** A row of a Markdown table. */
export const tableRow = (...cells: readonly string[]): string =>
  `| ${cells
    .map((cell) =>
      escapeTags(cell)
        .replaceAll('|', String.raw`\|`)
        .replaceAll('\n', ' '),
    )
    .join(' | ')} |`
