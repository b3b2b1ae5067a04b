/** A schema as JSON, of which only what is changed is named. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly [key: string]: unknown
}

/** The schemas of one group of Kubernetes' OpenAPI description, by name. */
export type Schemas = Readonly<Record<string, Schema>>

export interface KindSchema {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly schema: Schema
}

interface KindName {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** The kinds of a group, each with its own schema, in which keys that are not named are not allowed. */
export const strictSchemas = (schemas: Schemas): KindSchema[] => {
  const definitions = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(schema)]))
  return Object.entries(schemas).flatMap(([name, schema]) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as readonly KindName[]).map((kind) => ({
      ...kind,
      schema: { ...(definitions[name] as Schema), definitions },
    })),
  )
}

const strict = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strict)
  if (typeof value !== 'object' || value === null) return value
  const schema = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' ? String(inner).replace('#/components/schemas/', '#/definitions/') : strict(inner),
    ]),
  )
  return isClosed(schema) ? { ...schema, additionalProperties: false } : schema
}

const isClosed = ({ properties, additionalProperties, type }: Schema): boolean =>
  type === 'object' && typeof properties === 'object' && additionalProperties === undefined
