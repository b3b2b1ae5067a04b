import { serviceUser } from '@fleetlake/contracts'
import { passwordVariable } from '@fleetlake/nats-server'
import type { IJob } from 'kubernetes-models/batch/v1/Job'
import { configVolume } from '../config-maps.ts'
import { CONFIG_MAP, labelsOf, PART_OF, TERMINAL } from '../names.ts'
import type { FleetlakeProps } from '../props.ts'
import { archiveVariables, SECRETS, secretVariable } from '../secrets/secret-keys.ts'
import { archiveMount, CONFIG_FOLDER, folderMount, identityOf } from './pod-parts.ts'
import { CONTAINER_SECURITY, POD_SECURITY } from './pod-security.ts'
import { withDisk } from './resources.ts'
import { graceSeconds, TEMPORARY } from './service-facts.ts'

/** Where a claim that is given appears. */
export const CLAIM_FOLDER = '/backup'

/** The service whose account a cloud lets to the archive for it. */
const ACCOUNT = 'compactor'
const KEPT_SECONDS = 86_400

export interface TerminalCall {
  /** Words of the terminal client. */
  readonly words: readonly string[]
  /** A claim of the namespace, for what it writes and reads beside the archive. */
  readonly claim?: string
}

/** One run of the terminal client within a cluster, as the hub's user for it; it is tried once. */
export const terminalJob = (props: FleetlakeProps, { words, claim }: TerminalCall): IJob => {
  const mounts = [
    folderMount(TEMPORARY),
    ...archiveMount(props),
    ...(claim === undefined
      ? []
      : [
          {
            volume: { name: 'claim', persistentVolumeClaim: { claimName: claim } },
            mount: { name: 'claim', mountPath: CLAIM_FOLDER },
          },
        ]),
  ]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      generateName: `${TERMINAL}-`,
      namespace: props.namespace,
      labels: { ...PART_OF, ...labelsOf(TERMINAL) },
    },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels: { ...labelsOf(TERMINAL), ...identityOf(ACCOUNT, props)?.podLabels } },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: ACCOUNT,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: graceSeconds(ACCOUNT, 0),
          securityContext: POD_SECURITY,
          containers: [
            {
              name: TERMINAL,
              image: props.image,
              args: ['fleet', ...words],
              env: [
                { name: 'FLEET_CONFIG', value: `${CONFIG_FOLDER}/fleet.yaml` },
                { name: 'FLEET_HUB_USER', value: serviceUser('terminal') },
                secretVariable(SECRETS.hub, 'FLEET_HUB_PASSWORD', passwordVariable('terminal')),
                ...archiveVariables(props).map((variable) => secretVariable(SECRETS.archive, variable)),
              ],
              // It reads and writes the archive as a compactor does.
              resources: withDisk(props.services[ACCOUNT].resources, `${TEMPORARY.mostGiB + 1}Gi`),
              securityContext: CONTAINER_SECURITY,
              volumeMounts: [
                { name: 'config', mountPath: CONFIG_FOLDER, readOnly: true },
                ...mounts.map(({ mount }) => mount),
              ],
            },
          ],
          volumes: [configVolume(CONFIG_MAP), ...mounts.map(({ volume }) => volume)],
        },
      },
    },
  }
}
