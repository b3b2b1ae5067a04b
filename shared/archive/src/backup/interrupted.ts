import { FleetError } from '@fleetlake/core'

const GOES_ON = 'nothing is lost, the same command goes on where this one ended'

/** What somebody ended before it was done. */
export const interrupted = (what = GOES_ON): FleetError => new FleetError('backup.interrupted', `interrupted: ${what}`)
