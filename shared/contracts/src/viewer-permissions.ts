import { subjects, VIEWER_INBOX } from './subjects.ts'

/** All that the viewer's user of a hub may do; a server that Fleetlake starts knows no more for browsers. */
export const viewerPermissions = {
  publish: [
    subjects.generation,
    subjects.generationBroadcast,
    subjects.query,
    subjects.queryTaken('*'),
    subjects.queryCancel('*'),
  ],
  subscribe: [subjects.liveMove('*'), subjects.stats, 'members.>', `${VIEWER_INBOX}.>`],
} as const
