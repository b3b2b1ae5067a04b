import { FleetError } from '@fleetlake/core'

export const damaged = (what: string): FleetError =>
  new FleetError('arrow.invalid', `the Arrow batch is damaged: ${what}`)
