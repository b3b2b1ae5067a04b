import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SERVICE_FACTS, SERVICES } from './services/service-facts.ts'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const readCloud = <T>(path: string): T => JSON.parse(read(`deployment/cloud/${path}`)) as T

interface AwsPolicy {
  readonly Statement: readonly {
    readonly Effect: string
    readonly Action: readonly string[]
    readonly Resource: string
    readonly Condition: { readonly StringEquals: Readonly<Record<string, unknown>> }
  }[]
}

interface AzureTemplate {
  readonly variables: { readonly services: readonly string[]; readonly storageBlobDataContributor: string }
  readonly resources: readonly { readonly type: string; readonly properties?: { readonly roleDefinitionId?: string } }[]
}

const stores = read('docs/stores.md')
const archivists = SERVICES.filter((service) => SERVICE_FACTS[service].usesArchive)

test('the policy of S3 has the rights that the docs name, and no other one', () => {
  const { Statement } = readCloud<AwsPolicy>('aws/archive-policy.json')
  const allowed = Statement.flatMap(({ Action }) => Action)
  expect(allowed.toSorted()).toEqual([...new Set(stores.match(/s3:\w+/g))].toSorted())
  expect(Statement.map(({ Effect, Resource }) => [Effect, Resource])).toEqual([
    ['Allow', 'arn:aws:s3:::acme-fleet/archive/*'],
    ['Allow', 'arn:aws:s3:::acme-fleet'],
  ])
})

test('the role of S3 is taken by the services that use the archive, and by no others', () => {
  const [{ Condition }] = readCloud<AwsPolicy>('aws/archive-trust.json').Statement
  const subjects = Object.entries(Condition.StringEquals).find(([key]) => key.endsWith(':sub'))?.[1]
  expect(subjects).toEqual(archivists.map((service) => `system:serviceaccount:fleetlake:${service}`))
})

test('the identity of Azure is that of the services that use the archive, with the role that the docs name', () => {
  const { variables, resources } = readCloud<AzureTemplate>('azure/archive-identity.json')
  expect(variables.services).toEqual(archivists)
  // The built-in role of this id.
  expect(variables.storageBlobDataContributor).toBe('ba92f5b4-2d11-453d-a403-e96b0029c9fe')
  expect(stores).toMatch(/role \*Storage\s+Blob Data Contributor\*/)
  const roles = resources.filter(({ type }) => type.endsWith('roleAssignments'))
  expect(roles.map(({ properties }) => properties?.roleDefinitionId)).toEqual([
    "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('storageBlobDataContributor'))]",
  ])
})
