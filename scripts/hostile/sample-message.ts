import { type MessageName, messages } from '@fleetlake/contracts'
import { type JsonSchema, jsonSchemaOf } from '@fleetlake/contracts/reference'

const TIME = '2026-01-05T00:00:00Z'

/** Something that fits a schema; of numbers the least that is allowed, or the most. */
const sampleOf = (schema: JsonSchema, end: 'minimum' | 'maximum'): unknown => {
  const { type, enum: values, properties = {}, items, format } = schema
  if (values !== undefined) return values[0]
  if (type === 'object') {
    return Object.fromEntries(Object.entries(properties).map(([key, field]) => [key, sampleOf(field, end)]))
  }
  if (type === 'array') return [sampleOf(items ?? {}, end)]
  if (type === 'boolean') return true
  if (type === 'number' || type === 'integer') return schema[end] ?? (end === 'minimum' ? 0.001 : Number.MAX_VALUE)
  if (type === 'string') return format === 'date-time' ? TIME : 'hostile'
  return {
    type: 'Polygon',
    coordinates: [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 0],
      ],
    ],
  }
}

export const sampleMessage = (name: MessageName, end: 'minimum' | 'maximum'): Record<string, unknown> =>
  sampleOf(jsonSchemaOf(messages[name].data), end) as Record<string, unknown>

/** A value with one of its leaves, or one of its objects, replaced: each place in turn by each of the values. */
export function* mutationsOf(value: unknown, replacements: readonly unknown[]): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [i, each] of value.entries())
      for (const other of mutationsOf(each, replacements)) yield value.with(i, other)
  } else if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>
    for (const key of Object.keys(record)) {
      for (const other of mutationsOf(record[key], replacements)) yield { ...record, [key]: other }
    }
  }
  yield* replacements
}
