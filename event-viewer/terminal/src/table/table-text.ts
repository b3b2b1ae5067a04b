import type { RepairPlan, TableDescription } from '@fleetlake/archive'
import { BUCKETS, type ProjectionDescription } from '@fleetlake/projections'
import { humanBytes, humanCount, humanDuration, plural } from '@fleetlake/viewer-core'

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** How a table stands, for people. */
export const linesOfTable = (table: TableDescription): string[] => {
  const { version, files, bytes, rows, bytesPerRow, smallFiles, smallFileShare, oldestDate, newestDate } = table
  const { offsets, compactions, losses, checkpoint, warnings } = table
  const age = typeof checkpoint?.ageMs !== 'number' ? '' : `, ${humanDuration(checkpoint.ageMs)} ago`
  const perRow = bytesPerRow === null ? '' : `, ${bytesPerRow.toFixed(2)} bytes each`
  return [
    `version      ${humanCount(version)}`,
    `files        ${humanCount(files)}, ${humanBytes(bytes)}`,
    `small        ${humanCount(smallFiles)} (${percent(smallFileShare)}) not compacted yet`,
    `positions    ${humanCount(rows)}${perRow}`,
    `dates        ${oldestDate === null ? 'none' : `${oldestDate} to ${newestDate}`}`,
    `compactions  ${humanCount(compactions)}`,
    ...(losses === 0 ? [] : [`losses       ${humanCount(losses)} not settled; see fleet table losses`]),
    `checkpoint   ${checkpoint === null ? 'none yet' : `version ${humanCount(checkpoint.version)}${age}`}`,
    ...Object.entries(offsets).map(([stream, offset]) => `archived     ${stream} up to ${humanCount(offset)}`),
    ...warnings.map((warning) => `warning      ${warning}`),
  ]
}

/** A line for each table that is derived from the positions. */
export const linesOfProjections = (projections: readonly ProjectionDescription[]): string[] =>
  projections.map(({ table, files, bytes, folded, buckets, from }) => {
    const how =
      folded === null
        ? `is being made: ${buckets} of ${BUCKETS} shares have begun`
        : `of version ${humanCount(folded)}${from === null ? '' : `, dates from ${from} on`}`
    return `${table.padEnd(12)} ${how}; ${filesAndBytes(files, bytes)}`
  })

/** What was done, or would be. */
export const sentenceOf = (isDryRun: boolean, did: string, would: string): string => (isDryRun ? would : did)

export const filesAndBytes = (files: number, bytes: number): string => `${plural(files, 'file')}, ${humanBytes(bytes)}`

/** What a repair would do, or does, for people. */
export const linesOfRepair = ({ versions, checkpoints, added, missing, unreadable, notes }: RepairPlan): string[] => [
  ...versions.map(
    ({ version, from, found }) =>
      `version ${humanCount(version)}  ${found}: ${from === 'copy' ? 'taken from its copy' : 'made from the data files'}`,
  ),
  ...checkpoints.map(({ path, reason }) => `checkpoint ${path}  moved aside: ${reason}`),
  ...added.map((path) => `added back  ${path}`),
  ...missing.map((path) => `missing, removed from the table  ${path}`),
  ...unreadable.map((reason) => `left in place  ${reason}`),
  ...notes.map((note) => `note  ${note}`),
]

/** The same without the bytes of commits. */
export const planForMachines = ({ versions, ...plan }: RepairPlan): unknown => ({
  ...plan,
  versions: versions.map(({ version, from, found }) => ({ version, from, found })),
})
