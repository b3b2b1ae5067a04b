import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import { ARCHIVE_VOLUME } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'

export const ARCHIVE_FOLDER = '/archive'

/** The claim of the archive's volume; none where it is in object storage. */
export const archiveVolume = ({ archive }: FleetlakeProps): IPersistentVolumeClaim[] =>
  archive.kind === 'objects'
    ? []
    : [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: ARCHIVE_VOLUME },
          spec: {
            accessModes: [archive.accessMode],
            resources: { requests: { storage: `${archive.storageGiB}Gi` } },
            ...(archive.storageClass === undefined ? {} : { storageClassName: archive.storageClass }),
          },
        },
      ]
