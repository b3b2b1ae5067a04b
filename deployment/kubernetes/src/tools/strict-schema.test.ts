import { expect, test } from 'vitest'
import { strictSchemas } from './strict-schema.ts'

test('objects with named keys take no others, and maps take any', () => {
  const names = { group: 'apps', version: 'v1', kind: 'Deployment' }
  const schemas = {
    'apps.v1.Deployment': {
      type: 'object',
      properties: { spec: { allOf: [{ $ref: '#/components/schemas/apps.v1.Spec' }] } },
      'x-kubernetes-group-version-kind': [names],
    },
    'apps.v1.Spec': {
      type: 'object',
      properties: {
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        replicas: { type: 'integer' },
      },
    },
  }
  const spec = { ...schemas['apps.v1.Spec'], additionalProperties: false }
  const deployment = {
    ...schemas['apps.v1.Deployment'],
    properties: { spec: { allOf: [{ $ref: '#/definitions/apps.v1.Spec' }] } },
    additionalProperties: false,
  }
  expect(strictSchemas(schemas)).toEqual([
    {
      ...names,
      schema: { ...deployment, definitions: { 'apps.v1.Deployment': deployment, 'apps.v1.Spec': spec } },
    },
  ])
})
