import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import specification from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' }
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { messages } from '../messages.ts'
import { asyncApiDocument } from './asyncapi.ts'
import { jsonSchemaOf } from './describe-schema.ts'
import { REFERENCE_FOLDER, referenceFiles } from './reference-files.ts'

const read = (name: string): string => {
  try {
    return readFileSync(join(REFERENCE_FOLDER, name), 'utf8')
  } catch {
    return ''
  }
}

test.each(Object.entries(referenceFiles()))('docs/reference/%s is up to date', (name, text) => {
  const isCurrent = read(name) === text
  expect(
    isCurrent,
    `docs/reference/${name} is stale: run node_modules/.bin/node shared/contracts/src/reference/write-reference.ts`,
  ).toBe(true)
})

const ajv = (): Ajv => {
  const validator = new Ajv({ strict: false, allErrors: true })
  addFormats.default(validator)
  return validator
}

test('the AsyncAPI document is valid AsyncAPI 3.0', () => {
  const validate = ajv().compile(specification)
  const document = asyncApiDocument()
  validate(document)
  expect(validate.errors).toBeNull()
  validate({ ...document, channels: { broken: { adress: 'x' } } })
  expect(validate.errors).not.toBeNull()
})

test('every reference in it points at something', () => {
  const document = asyncApiDocument()
  const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, pointer]) => pointer)
  expect(pointers.length).toBeGreaterThan(Object.keys(messages).length)
  for (const pointer of pointers) {
    const target = pointer
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
    expect(target, pointer).toBeDefined()
  }
})

test('every message is in it, and its schema takes what the message takes', () => {
  const { components } = asyncApiDocument() as { components: { messages: Record<string, object> } }
  expect(Object.keys(components.messages)).toEqual(Object.keys(messages))
  const validate = ajv().compile(jsonSchemaOf(messages.flush.data))
  const flush = { partition: 0, stream: 'MOVES_0', created: '2026-01-05T00:00:00Z', sequence: 7 }
  expect([validate(flush), validate({ ...flush, sequence: -1 }), validate({ ...flush, more: 1 })]).toEqual([
    true,
    false,
    false,
  ])
})
