import { FleetError } from '@fleetlake/core'

/** What is known of a log that is not whole. */
export interface Damage {
  /** The first version that can't be had. */
  readonly version: number
  /** What was found. */
  readonly found: string
}

/**
 * @param what the table, for people
 * @param advice what is done about it, and what people can do
 * @returns makes FleetErrors `table.damaged`: what was found, what is known, and what to do
 */
export const damageOf =
  (what: string, advice: string) =>
  ({ version, found }: Damage, cause?: unknown): FleetError =>
    new FleetError(
      'table.damaged',
      `${what} is damaged: ${found}. ${version === 0 ? 'No version of it is known to be whole' : `It is whole up to version ${version - 1}`}; ` +
        `nothing is written to it${advice}`,
      cause === undefined ? {} : { cause },
    )

/** Of the table of positions. */
export const damaged = damageOf(
  'the table',
  ', and rows stay in their streams. `fleet table repair` shows what can be done',
)

/** @returns FleetError `table.replaced`: the log is whole, and is not the one that was read */
export const replaced = (where: string, version: number): FleetError =>
  new FleetError(
    'table.replaced',
    `the archive at ${where} was replaced while it was in use: version ${version}, which was read from it, is not there. Nothing is written to it until it is opened again`,
  )

/** Faults of the log's content, not of the store that it is read from. */
export const isDamage = (error: unknown): error is FleetError =>
  error instanceof FleetError && ['table.damaged', 'table.invalid', 'cell.invalid'].includes(error.code)
