import type { ArchiveClaim } from '@fleetlake/contracts'
import { type FedTable, verdictOf } from './claim-verdict.ts'

/** What the hub says of the archive that it feeds. */
export type HubView =
  | { readonly kind: 'unreached'; readonly reason: string }
  /** `claim` is undefined for a hub that has fed nothing yet. */
  | { readonly kind: 'reached'; readonly claim: ArchiveClaim | undefined }

export const ADOPT = 'start the collectors once with FLEET_ARCHIVE_ADOPT=true'
const LOSSES = '`fleet table losses` then lists what is lost'

/** What is to be done about the hub before services use a restored archive; a sentence. */
export const adviseOnHub = (hub: HubView, { id, version, feeder }: FedTable): string => {
  if (hub.kind === 'unreached') {
    return (
      `the hub was not reached (${hub.reason}). If it has the data that it had, start the services as usual: a collector says what speaks against it. ` +
      `If its data is lost, ${ADOPT}; ${LOSSES}`
    )
  }
  const { claim } = hub
  switch (verdictOf(claim, { id, version, feeder })) {
    case 'agreed':
      return 'the hub goes on where this archive ends: start the services as usual'
    case 'unfed':
      return 'no hub has fed this archive: start the services as usual'
    case 'new-hub':
      return `the hub has no archive yet, and another hub has fed this one: ${ADOPT}; ${LOSSES}`
    case 'other-archive':
      return `the hub has fed another archive (${claim?.table}): check hub.url; to have it feed this one, ${ADOPT}`
    case 'other-hub':
      return `another hub has fed this archive since: check hub.url; to have this hub feed it, ${ADOPT}`
    case 'older':
      return (
        `the hub has fed version ${claim?.version} of the archive, and the backup is of version ${version}: restore a newer backup if there is one. Else ${ADOPT}: ` +
        `what the hub still holds is archived again; ${LOSSES}`
      )
  }
}
