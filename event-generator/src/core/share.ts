import { FleetError } from '@fleetlake/core'

/** The vehicles `first, first + stride, …` of a fleet, `count` of them. */
export interface Share {
  readonly first: number
  readonly stride: number
  readonly count: number
}

/**
 * Vehicle i belongs to agent i modulo agents.
 * @throws FleetError `generation.refused` when there is no such agent
 */
export const shareOf = (vehicles: number, agentIndex: number, agents: number): Share => {
  if (!Number.isInteger(agents) || !Number.isInteger(agentIndex) || agentIndex < 0 || agentIndex >= agents) {
    throw new FleetError('generation.refused', `there is no agent ${agentIndex} of ${agents}: count agents from 0`)
  }
  return { first: agentIndex, stride: agents, count: Math.max(0, Math.ceil((vehicles - agentIndex) / agents)) }
}

/** How many of the first `limit` vehicles of the fleet are in a share. */
export const countBelow = ({ first, stride, count }: Share, limit: number): number =>
  Math.min(count, Math.max(0, Math.ceil((limit - first) / stride)))
