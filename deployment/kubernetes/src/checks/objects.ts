import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import type { IJob } from 'kubernetes-models/batch/v1/Job'
import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1PodSpec } from 'kubernetes-models/v1/PodSpec'
import type { Manifest } from '../manifest.ts'

/** What is applied, and the Jobs that are made in it. */
type Made = Manifest | IJob
export type Objects = readonly Made[]
export type Kind = Made['kind']

/** Keys by Secret. */
export type SecretKeys = Readonly<Record<string, readonly string[]>>

/** @returns a line for each breach */
export type Rule = (objects: Objects, secrets: SecretKeys) => string[]

export const ofKind = <K extends Kind>(objects: Objects, kind: K): Extract<Made, { kind: K }>[] =>
  objects.filter((object): object is Extract<Made, { kind: K }> => object.kind === kind)

/** What makes pods. */
export interface Pods {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly selector: Readonly<Record<string, string>>
  /** Whether they end by themselves. */
  readonly endsItself: boolean
  readonly spec: IIoK8sApiCoreV1PodSpec
  readonly containers: readonly IIoK8sApiCoreV1Container[]
}

export const podsOf = (objects: Objects): Pods[] =>
  [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet'), ...ofKind(objects, 'Job')].map(
    (object: IDeployment | IStatefulSet | IJob) => {
      const { selector, template } = object.spec!
      const spec = template.spec!
      const labels = template.metadata?.labels ?? {}
      return {
        // A Job is named by the cluster, and selects its pods by a label of the cluster.
        name: object.metadata!.name ?? labels['app.kubernetes.io/name'],
        labels,
        selector: object.kind === 'Job' ? labels : (selector?.matchLabels ?? {}),
        endsItself: object.kind === 'Job',
        spec,
        containers: [...(spec.initContainers ?? []), ...spec.containers],
      }
    },
  )

/** Whether pods with these labels are selected; an empty selector selects all. */
export const selects = (
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value)
