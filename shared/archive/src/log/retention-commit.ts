import type { CommitRequest } from './commit.ts'

/** What a commit says of itself that takes dates out of a table which are past retention: other commits that remove rows take them back. */
export const retentionCommit = (retentionMs: number): Pick<CommitRequest, 'operation' | 'info'> => ({
  operation: 'DELETE',
  info: { retentionMs },
})

export const isRetentionCommit = ({ operation, retentionMs }: Readonly<Record<string, unknown>>): boolean =>
  operation === 'DELETE' && typeof retentionMs === 'number'
