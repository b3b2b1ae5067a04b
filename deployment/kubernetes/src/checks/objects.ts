import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet'
import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1PodSpec } from 'kubernetes-models/v1/PodSpec'
import type { Manifest } from '../manifest.ts'

export type Objects = readonly Manifest[]
export type Kind = Manifest['kind']

/** Keys by Secret. */
export type SecretKeys = Readonly<Record<string, readonly string[]>>

/** @returns a line for each breach */
export type Rule = (objects: Objects, secrets: SecretKeys) => string[]

export const ofKind = <K extends Kind>(objects: Objects, kind: K): Extract<Manifest, { kind: K }>[] =>
  objects.filter((object): object is Extract<Manifest, { kind: K }> => object.kind === kind)

/** What makes pods. */
export interface Pods {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly selector: Readonly<Record<string, string>>
  readonly spec: IIoK8sApiCoreV1PodSpec
  readonly containers: readonly IIoK8sApiCoreV1Container[]
}

export const podsOf = (objects: Objects): Pods[] =>
  [...ofKind(objects, 'Deployment'), ...ofKind(objects, 'StatefulSet')].map((object: IDeployment | IStatefulSet) => {
    const { selector, template } = object.spec!
    const spec = template.spec!
    return {
      name: object.metadata!.name!,
      labels: template.metadata?.labels ?? {},
      selector: selector.matchLabels ?? {},
      spec,
      containers: [...(spec.initContainers ?? []), ...spec.containers],
    }
  })

/** Whether pods with these labels are selected; an empty selector selects all. */
export const selects = (
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value)
