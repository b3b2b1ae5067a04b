import type { IIoK8sApiCoreV1PodSecurityContext } from 'kubernetes-models/v1/PodSecurityContext'
import type { IIoK8sApiCoreV1SecurityContext } from 'kubernetes-models/v1/SecurityContext'

/** The user of the image of Fleetlake; nats-server's image runs as any. */
const USER = 10_001

export const POD_SECURITY: IIoK8sApiCoreV1PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  // A volume of years would take hours to be given to the group on every start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
}

export const CONTAINER_SECURITY: IIoK8sApiCoreV1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}
