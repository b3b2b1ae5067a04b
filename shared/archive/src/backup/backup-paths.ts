/**
 * Where a backup has what. Data files never change, so that all backups of a table share them; each backup has the log of its own version.
 *
 *     files/<table>/<table id>/<path>      data files
 *     backups/<id>/<table>/_delta_log/…    a log that ends at the version of the backup
 *     backups/<id>/<table>/lists/…         the data files that the version names, with their checksums
 *     backups/<id>/notes/…                 what was copied so far, while it is being made
 *     backups/<id>/manifest.json           written last: without it the backup is unfinished
 */

/** In the order in which they are pinned: a loss is in `losses` before `moves` passes it, so that `losses` of a later moment has all that `moves` speaks of. */
export const TABLES = ['moves', 'losses', 'registry', 'searches'] as const
export type TableName = (typeof TABLES)[number]

export const BACKUPS_FOLDER = 'backups/'
export const FILES_FOLDER = 'files/'
const MANIFEST = 'manifest.json'

/** Which table of that name. */
export interface TableOf {
  readonly name: TableName
  readonly id: string
}

/** UTC to the second, and what tells those of one second apart; it sorts by time. */
export const backupId = (nowMs: number, random: string): string =>
  `${new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${random}`

export const backupFolder = (id: string): string => `${BACKUPS_FOLDER}${id}/`
export const manifestPath = (id: string): string => `${backupFolder(id)}${MANIFEST}`
export const logFolder = (id: string, table: string): string => `${backupFolder(id)}${table}/`
export const listPath = (id: string, table: string, number: number): string =>
  `${logFolder(id, table)}lists/${String(number).padStart(6, '0')}.ndjson.gz`
export const notesFolder = (id: string): string => `${backupFolder(id)}notes/`
export const notePath = (id: string, number: number): string =>
  `${notesFolder(id)}${String(number).padStart(6, '0')}.ndjson.gz`
export const filesFolder = (table: string, tableId: string): string => `${FILES_FOLDER}${table}/${tableId}/`

/** The id of the backup that an object is of; undefined for anything else. */
export const backupOf = (path: string): string | undefined =>
  /^backups\/(?<id>\d{8}T\d{6}Z-[0-9a-f]+)\/./.exec(path)?.groups?.['id']
