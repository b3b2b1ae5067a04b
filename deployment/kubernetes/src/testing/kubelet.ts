import type { ISecret } from 'kubernetes-models/v1/Secret'
import { type Objects, ofKind, type Pods, podsOf } from '../checks/objects.ts'

/** What a node makes of a manifest: the environment of a container, as Kubernetes fills it in. */
export const environmentOf = (
  { containers }: Pods,
  { pod, secrets }: { pod: string; secrets: readonly ISecret[] },
): Record<string, string> => {
  const filled: Record<string, string> = {}
  for (const { name, value, valueFrom } of containers[0].env ?? []) {
    const { secretKeyRef, fieldRef } = valueFrom ?? {}
    if (value !== undefined) filled[name] = value.replaceAll(/\$\((\w+)\)/g, (_, named: string) => filled[named])
    else if (secretKeyRef !== undefined)
      filled[name] = secrets.find(({ metadata }) => metadata?.name === secretKeyRef.name)!.stringData![secretKeyRef.key]
    else if (fieldRef?.fieldPath === 'metadata.name') filled[name] = pod
  }
  return filled
}

export const podsNamed = (objects: Objects, name: string): Pods => podsOf(objects).find((pods) => pods.name === name)!

export const fileOf = (objects: Objects, configMap: string, file: string): string =>
  ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata?.name === configMap)!.data![file]

/** Puts what is on this machine in the place of what is in a cluster. @throws Error where something is not there to be replaced */
export const mapped = (text: string, places: Readonly<Record<string, string>>): string =>
  Object.entries(places).reduce((before, [inCluster, here]) => {
    if (!before.includes(inCluster)) throw new Error(`${inCluster} is not in ${before.slice(0, 2_000)}`)
    return before.replaceAll(inCluster, here)
  }, text)
