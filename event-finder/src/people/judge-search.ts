import { LAST_DAY_MS, MAX_SIGHT_BYTES, personOfToken, RIGHTS, type Sight, sightBytes } from '@fleetlake/contracts'
import { FleetError } from '@fleetlake/core'
import type { Access } from '@fleetlake/registry'

/** Clocks differ, and a search is on its way for a while. */
const TOLERANCE_MS = 5 * 60_000

const denied = (why: string): never => {
  throw new FleetError('query.denied', why)
}

/** What somebody asks for. */
export interface AskedOf {
  /** As one token. */
  readonly person: string
  /** Where the period begins, RFC 3339; undefined where it is only asked where vehicles are now. */
  readonly from: string | undefined
}

/**
 * What a person may see of a search that they ask for.
 * @param access undefined for who is not known
 * @throws FleetError `query.denied` that says what the person may, and what to ask for
 */
export const judgeSearch = (access: Access | undefined, { person: token, from }: AskedOf, nowMs: number): Sight => {
  if (access === undefined)
    return denied(
      `${personOfToken(token) ?? token} may not search here: there is no such account, or it is disabled; log in again, or ask who runs Fleetlake`,
    )
  const { person, rights, vehicles } = access
  if (from === undefined) {
    if (!rights.has('live'))
      return denied(`${person} may not ${RIGHTS.live}: ask who runs Fleetlake for the role viewer`)
  } else if (!rights.has('search')) {
    if (!rights.has('search-last-day'))
      return denied(
        `${person} may ${RIGHTS.live}, and not search: ask who runs Fleetlake for the role dispatcher (the last 24 hours) or investigator (all that is archived)`,
      )
    const earliestMs = nowMs - LAST_DAY_MS
    if (Date.parse(from) < earliestMs - TOLERANCE_MS)
      return denied(
        `${person} may ${RIGHTS['search-last-day']}, and this period begins before them: let it begin at ${new Date(earliestMs).toISOString()} or later, or ask who runs Fleetlake for the role investigator (all that is archived)`,
      )
  }
  const bytes = sightBytes(vehicles)
  return bytes <= MAX_SIGHT_BYTES
    ? vehicles
    : denied(
        `the groups of ${person} name more vehicles than a search can take along, ${bytes} bytes of ids where ${MAX_SIGHT_BYTES} fit: ask who runs Fleetlake to name them by what their ids begin with, as in \`bus-*\``,
      )
}
