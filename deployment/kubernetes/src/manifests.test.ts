import { readdirSync } from 'node:fs'
import { fault } from '@fleetlake/core/testing'
import { expect, test } from 'vitest'
import { faultsOf } from './checks/rules.ts'
import { CLUSTERS } from './clusters/index.ts'
import { production } from './clusters/production.ts'
import { formatManifests } from './format-manifests.ts'
import { manifestsOf } from './manifests.ts'
import { secretKeys } from './secrets/secret-keys.ts'
import { terminalJob } from './services/terminal-job.ts'
import { manifestText, readManifests } from './testing/clusters.ts'

test('the folder has the manifests of each cluster and nothing else', () => {
  expect(readdirSync(new URL('../manifests', import.meta.url)).toSorted()).toEqual(
    Object.keys(CLUSTERS)
      .map((name) => `${name}.yaml`)
      .toSorted(),
  )
})

test.each(Object.entries(CLUSTERS))('the manifests of %s are those that npm run synth writes', (name, props) => {
  expect(manifestText(name)).toBe(formatManifests(manifestsOf(props)))
})

test.each(Object.entries(CLUSTERS))('nothing is wrong with the manifests of %s', (name, props) => {
  expect(faultsOf(readManifests(manifestText(name)), secretKeys(props))).toEqual([])
})

test.each(Object.entries(CLUSTERS))('nothing is wrong with a Job of the terminal in %s', (name, props) => {
  const job = terminalJob(props, { words: ['doctor'], claim: 'backups' })
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...job.metadata, name: 'backups' },
  } as const
  expect(faultsOf([...readManifests(manifestText(name)), claim, job], secretKeys(props))).toEqual([])
})

test('what is applied first is there when others need it', () => {
  const kinds = readManifests(manifestText('production')).map(({ kind }) => kind)
  expect([...new Set(kinds)]).toEqual([
    'Namespace',
    'NetworkPolicy',
    'ServiceAccount',
    'ConfigMap',
    'Service',
    'StatefulSet',
    'Deployment',
    'PodDisruptionBudget',
    'ScaledObject',
    'PodMonitor',
    'PrometheusRule',
    'Ingress',
  ])
})

test('what the Prometheus operator is told carries the labels that its Prometheus selects by, and nothing else does', () => {
  const labelled = manifestsOf({ ...production, monitoring: { ...production.monitoring!, labels: { team: 'fleet' } } })
  expect(labelled.filter(({ metadata }) => metadata?.labels?.['team'] === 'fleet').map(({ kind }) => kind)).toEqual([
    'PodMonitor',
    'PrometheusRule',
  ])
})

test.each([{ replicas: 2 }, { replicas: 1, mostReplicas: 2 }])('%j of the viewer are refused', (numbers) => {
  const services = { ...production.services, viewer: { ...production.services.viewer, ...numbers } }
  expect(() => manifestsOf({ ...production, services })).toThrow(
    fault(
      'config.invalid',
      "fleetlake can't have 2 of viewer, since what pages import is known to the process that took it alone, and a page’s next request could come to another: " +
        'set services.viewer.replicas to 1, without mostReplicas',
    ),
  )
})
