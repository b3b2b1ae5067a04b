import type { IIoK8sApiCoreV1Container } from 'kubernetes-models/v1/Container'
import type { IIoK8sApiCoreV1Volume } from 'kubernetes-models/v1/Volume'
import { ARCHIVE_VOLUME } from '../names.ts'
import type { FleetlakeProps, IdentityProps } from '../props.ts'
import { ARCHIVE_FOLDER } from './archive-volume.ts'
import { type Folder, SERVICE_FACTS, type ServiceName } from './service-facts.ts'

export const CONFIG_FOLDER = '/etc/fleetlake'

export type Mounted = {
  readonly volume: IIoK8sApiCoreV1Volume
  readonly mount: NonNullable<IIoK8sApiCoreV1Container['volumeMounts']>[number]
}

/** A folder that is gone with its pod. */
export const folderMount = ({ name, path, mostGiB }: Folder): Mounted => ({
  volume: { name, emptyDir: { sizeLimit: `${mostGiB}Gi` } },
  mount: { name, mountPath: path },
})

/** None where the archive is in object storage. */
export const archiveMount = ({ archive }: FleetlakeProps): Mounted[] =>
  archive.kind === 'volume'
    ? [
        {
          volume: { name: ARCHIVE_VOLUME, persistentVolumeClaim: { claimName: ARCHIVE_VOLUME } },
          mount: { name: ARCHIVE_VOLUME, mountPath: ARCHIVE_FOLDER },
        },
      ]
    : []

export const identityOf = (service: ServiceName, { identity }: FleetlakeProps): IdentityProps | undefined =>
  SERVICE_FACTS[service].usesArchive ? identity : undefined
