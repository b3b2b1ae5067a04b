import type { BackUpReport, CheckReport, Manifest, PruneReport, RestoreReport } from '@fleetlake/archive'
import { humanCount, humanDuration, plural } from '@fleetlake/viewer-core'
import { filesAndBytes } from '../table/table-text.ts'
import { countTail } from './look-at-hub.ts'
import type { DrillReport } from './run-drill.ts'

const tablesOf = ({ tables }: Manifest) => Object.entries(tables).filter(([, table]) => table !== undefined)

const totalsOf = (manifest: Manifest): { readonly files: number; readonly bytes: number } =>
  tablesOf(manifest).reduce(
    (total, [, table]) => ({ files: total.files + table!.files, bytes: total.bytes + table!.bytes }),
    { files: 0, bytes: 0 },
  )

/** A backup, for people: `<id>  <when>  <how much>`. */
export const lineOfBackup = (manifest: Manifest): string => {
  const { files, bytes } = totalsOf(manifest)
  const { moves } = manifest.tables
  return `${manifest.id}  ${manifest.finishedAt}  ${filesAndBytes(files, bytes)}, ${plural(moves?.rows ?? 0, 'position')} at version ${humanCount(moves?.version ?? 0)}`
}

export const linesOfReport = ({ manifest, copiedFiles, copiedBytes }: BackUpReport): string[] => {
  const tail = countTail(manifest)
  const held =
    tail === undefined
      ? 'the hub was not reached: what it had not archived yet is not in the backup, and how much that is is not known'
      : `${plural(tail, 'message')} of the hub ${tail === 1 ? 'was' : 'were'} not archived yet and ${tail === 1 ? 'is' : 'are'} not in the backup`
  return [
    lineOfBackup(manifest),
    ...tablesOf(manifest).map(
      ([name, table]) =>
        `  ${name}  version ${humanCount(table!.version)}, ${filesAndBytes(table!.files, table!.bytes)}`,
    ),
    `  copied ${filesAndBytes(copiedFiles, copiedBytes)}; the others were there`,
    `  ${held}`,
  ]
}

export const sentenceOfCheck = ({ files, bytes, faults }: CheckReport): string =>
  faults.length === 0
    ? `${filesAndBytes(files, bytes)} read: each is as it was written`
    : `${plural(faults.length, 'file is', 'files are')} not as written`

/** What an earlier restore had left is told apart: only its size is compared. */
export const sentenceOfRestore = ({ files, bytes, filesThere }: RestoreReport): string => {
  const all = filesAndBytes(files, bytes)
  if (filesThere === 0) return `${all}, each compared with its checksum`
  const others = `${plural(filesThere, 'file')} of them an interrupted restore had compared and written`
  return `${all}; ${others}, the others were compared with their checksums now`
}

export const sentenceOfPrune = ({ backups, files, bytes, isWaiting }: PruneReport): string =>
  `${plural(backups.length, 'old backup')} deleted, with ${filesAndBytes(files, bytes)} that no other has` +
  (isWaiting
    ? '; another backup is being made or was interrupted today: files are deleted once it has ended or is a day old'
    : '')

/** What programs get of a manifest: without the lists of its own files. */
export const factsOf = (manifest: Manifest): unknown => ({
  ...manifest,
  tables: Object.fromEntries(
    tablesOf(manifest).map(([name, table]) => {
      const { log: _, lists: __, ...facts } = table!
      return [name, facts]
    }),
  ),
  tailMessages: countTail(manifest) ?? null,
})

export const linesOfDrill = (report: DrillReport): string[] => {
  const { backup, version, rows, places, differences, backupMs, restoreMs, compareMs } = report
  const [first] = differences
  return [
    `${backup}  version ${humanCount(version)}: ${plural(rows, 'position')} of ${plural(places, 'date and cell', 'dates and cells')}`,
    first === undefined
      ? '  every position of the archive is in what was restored, once, with every value, and nothing else is'
      : `  ${plural(differences.length, 'difference')}: ${first}${differences.length === 1 ? '' : ' and others'}`,
    `  backup ${humanDuration(backupMs)}, restore ${humanDuration(restoreMs)}, comparison ${humanDuration(compareMs)}`,
  ]
}
