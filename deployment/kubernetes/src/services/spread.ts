import type { IIoK8sApiCoreV1TopologySpreadConstraint } from 'kubernetes-models/v1/TopologySpreadConstraint'
import { labelsOf } from '../names.ts'

/**
 * Pods of one name lie on different nodes, and in different zones where there are some.
 * @param otherwise what happens where there are too few nodes
 */
export const spreadOver = (
  name: string,
  otherwise: 'DoNotSchedule' | 'ScheduleAnyway',
): IIoK8sApiCoreV1TopologySpreadConstraint[] => [
  { ...constraint(name, 'kubernetes.io/hostname'), whenUnsatisfiable: otherwise },
  { ...constraint(name, 'topology.kubernetes.io/zone'), whenUnsatisfiable: 'ScheduleAnyway' },
]

const constraint = (name: string, topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  labelSelector: { matchLabels: labelsOf(name) },
})
