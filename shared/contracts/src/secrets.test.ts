import { expect, test } from 'vitest'
import { z } from 'zod'
import { configSchema } from './config.ts'

/** Paths of settings, with whether their schema is marked as a secret. */
const listSettings = (object: z.ZodObject, above: string): [path: string, isSecret: boolean][] =>
  Object.entries(object.shape).flatMap(([name, value]) => {
    let schema = value as z.ZodType
    while (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
      schema = schema.unwrap() as z.ZodType
    }
    const path = `${above}${name}`
    return schema instanceof z.ZodObject ? listSettings(schema, `${path}.`) : [[path, schema.meta()?.secret === true]]
  })

test('every setting whose name says so is a secret, and no other', () => {
  const settings = listSettings(configSchema, '')
  expect(settings.length).toBeGreaterThan(40)
  const named = settings.filter(([path]) => /password|secret|token|accountKey$|connectionString/i.test(path))
  expect(named.length).toBeGreaterThan(5)
  expect(settings.filter(([, isSecret]) => isSecret)).toEqual(named)
})
