import { FleetError } from '@fleetlake/core'

/**
 * The versions of what Fleetlake keeps, each once: what says no version is of version 1. A change that an earlier program would get wrong counts one up; one that an
 * earlier program reads as it is, such as a new optional field, does not. docs/operations/upgrade.md says what each version holds.
 */
export const FORMATS = {
  /** Of each table of the archive: its property `fleetlake.formatVersion`. */
  table: 1,
  /** Of the streams and their messages: `format` of the hub's claim. */
  hub: 1,
  /** Of a backup's manifest: `format`. */
  backup: 1,
} as const

/** The property of a table that says its version. */
export const TABLE_FORMAT = 'fleetlake.formatVersion'

/**
 * Refuses what a newer program has written, since this one could damage it.
 * @param what it is, for people
 * @param version as it is written down; undefined is 1
 * @throws FleetError `format.newer`
 */
export const checkFormat = (what: string, version: string | number | undefined, known: number): void => {
  const number = Number(version ?? 1)
  if (Number.isInteger(number) && number >= 1 && number <= known) return
  throw new FleetError(
    'format.newer',
    `${what} has the format version ${version}, and this program knows ${known === 1 ? 'version 1' : `versions 1 to ${known}`}: start the release that wrote it, or a newer one. ` +
      'To go back to this release, restore a backup that this release made',
  )
}
